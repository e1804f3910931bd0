"""Extracts features from images once, so that runs without a GPU train a small head instead of a network.
May import: `errors`, `configs`, `reports`, `images` and `models`.
Start reading: `features`. `ridge_loo` predicts each label from all other samples.
"""
