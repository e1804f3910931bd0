"""Measures what several workers cost and gain.
May import: `common` and `speed`. Drives the service over HTTP only.
Start reading: `workers`.
"""
