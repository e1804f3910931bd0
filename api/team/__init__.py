"""Working with several reviewers: audit log, comments, agreement, statistics.

May import the shared modules of `api`, `api.datasets`, `api.verification`, and `store`.
Start reading: `endpoints`.
"""
