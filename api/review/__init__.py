"""Serving samples to reviewers, queue by queue.

May import the shared modules of `api`, `api.datasets`, `api.results`, and `store`.
Start reading: `service`.
"""
