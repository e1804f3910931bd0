"""Accounts: users, the caller's own account, members of datasets, password links.

May import the shared modules of `api`, `api.auth`, and `store`.
Start reading: `users`.
"""
