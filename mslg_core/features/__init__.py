"""What images look like to a network that is not trained: feature extraction, cache, ridge regression.
May import: `images` and `models`.
Start reading: `features`.
"""
