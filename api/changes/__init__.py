"""The log of changes of a dataset.

May import the shared modules of `api`, `api.datasets`, and `store`.
Start reading: `endpoints`.
"""
