"""Datasets with noisy labels, a training run on them, and its metrics.
May import: `common`.
Start reading: `problem`.
"""
