"""Decisions about samples: recorded, folded into a consensus, and split into meta set and hold-out.
May import: `errors`, `database` and `models`.
Start reading: `record`, which stores decisions; `consensus` folds them, `settlement` updates the samples.
"""
