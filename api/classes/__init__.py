"""The classes of a dataset: list, add, change, order, merge, remove.

May import the shared modules of `api`, `api.datasets`, and `store`.
Start reading: `endpoints`.
"""
