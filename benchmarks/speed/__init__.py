"""How fast the service and its training steps are.

May import `mslg_core` only; the service is measured from outside, as processes and over HTTP.
Start reading at `requests`.
"""
