"""Named versions of a dataset: made, listed, exported again, compared, deleted.

May import the shared modules of `api`, `api.datasets`, `api.exports`, and `store`.
Start reading: `service`.
"""
