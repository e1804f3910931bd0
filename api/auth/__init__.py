"""Who may do what: signing in and out, the caller of a request, the right that each operation needs.

May import the shared modules of `api`, and `store`.
Start reading: `rules`, then `access`, which applies them.
"""
