"""The meta-gradient: how the loss of verified samples changes with labels or sample weights.
May import: `errors`, `configs`, `reports`, `images` and `models`.
Start reading: `metagradient`, which derives and computes it; `lookahead` has its exact and its last-layer
version.
"""
