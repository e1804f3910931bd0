"""Compares MSLG with cleanlab and loss ranking on the same data, features and budget.
May import: `common` and `problems`.
Start reading: `compare`.
"""
