"""What a training task loads and stores: labels and images, checkpoints, features, the model for warm starts.
May import: `worker.claims`, `store` and `mslg_core`.
Start reading: `inputs`.
"""
