"""Exports: files that hold the corrected dataset.

May import the shared modules of `api`, `api.results`, and `store`.
Start reading: `service`.
"""
