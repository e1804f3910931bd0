"""What a training task reads and keeps: inputs, checkpoints, features, the model for a warm start.
May import: `worker.claims`, `store` and `mslg_core`.
Start reading: `inputs`.
"""
