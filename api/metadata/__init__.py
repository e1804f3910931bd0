"""Metadata of samples: the other columns of the user's table.

May import the shared modules of `api`, `api.datasets`, and `store`.
Start reading: `endpoints`.
"""
