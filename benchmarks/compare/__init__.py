"""Compares MSLG with cleanlab, loss ranking and a vote of neighbours on the same data, features and budget.
May import: `common` and `problems`.
Start reading: `compare`.
"""
