"""The rules that trainer, store and benchmarks share: hold-out, corrected label, selection.
May import: the standard library only.
Start reading: `holdout`.
"""
