"""The eleven methods, one file each, and the meta-gradient they share.
May import: `features`, `images` and `models`.
Start reading: `mslg`; `base` says what a method is, `registry` lists them.
"""
