"""The comparison of two jobs of one dataset.

May import the shared modules of `api`, `api.results`, and `store`.
Start reading: `service`.
"""
