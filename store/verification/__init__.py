"""Decisions about samples: recorded, combined into a consensus, and split into meta set and hold-out.
May import: `errors`, `database` and `models`.
Start reading: `record`, which stores decisions; `consensus` combines them, `settlement` updates the samples.
"""
