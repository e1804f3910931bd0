"""Jobs: start, list, follow and cancel training runs.

May import the shared modules of `api`, `api.datasets`, `store`, and the configurations of `mslg_core`.
Start reading: `service`.
"""
