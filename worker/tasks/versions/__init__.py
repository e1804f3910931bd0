"""Named versions of a dataset: stored, exported again, compared.
May import: everything else in `worker` except `run`.
Start reading: `store`.
"""
