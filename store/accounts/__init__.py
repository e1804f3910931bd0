"""Accounts: users, passwords, sessions, tokens, members of datasets, and what each may do.
May import: `models`, `database`, `errors`.
Start reading: `access`, then `sessions`.
"""
