"""Uploads that can be resumed, by the protocol tus 1.0.

May import the shared modules of `api`, `api.datasets`, and `store`.
Start reading: `receive`, which appends a request's bytes; `service` creates, finishes and deletes uploads.
"""
