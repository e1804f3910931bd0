"""Accepting suggestions without review, within an error budget: preview, apply, revert.

May import the shared modules of `api`, `api.results`, `store`, and the error budget of `mslg_core`.
Start reading: `service`.
"""
