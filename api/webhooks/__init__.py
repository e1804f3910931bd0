"""Webhooks: addresses that are told of a dataset's events, and the log of deliveries.

May import the shared modules of `api`, `api.datasets`, and `store`.
Start reading: `endpoints`.
"""
