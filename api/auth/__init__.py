"""Authentication by bearer token or session cookie.

May import the shared modules of `api`, and `store.settings`.
Start reading: `service`.
"""
