"""The eleven methods, one file each. `metalearning` computes the meta-gradient that some of them share.
May import: `errors`, `configs`, `reports`, `images`, `models` and `features`.
Start reading: `mslg`. `base` defines what a method is, `registry` lists all of them.
"""
