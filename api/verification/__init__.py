"""Decisions about samples, one at a time or in bulk, and the verified set they form.

May import the shared modules of `api`, `api.datasets`, and `store`.
Start reading: `service`.
"""
