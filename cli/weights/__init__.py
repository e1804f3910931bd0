"""`mslg weights`: which pretrained networks are at hand, and how others get here.
May import: `mslg_core`.
Start reading: `commands`.
"""
