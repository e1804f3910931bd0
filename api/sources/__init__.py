"""Sources: datasets whose images stay in a folder of the server or in a bucket.

May import the shared modules of `api`, `api.datasets` and `store`.
Start reading: `service`.
"""
