"""The progress of a review: errors found, errors expected, and advice whether to continue.

May import the shared modules of `api`, `api.results`, and `store`.
Start reading: `service`.
"""
