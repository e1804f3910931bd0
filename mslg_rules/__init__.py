"""Rules that trainer, store and benchmarks share: the split into meta set and hold-out, the corrected label.
May import: the standard library only.
Start reading: `holdout`.
"""
