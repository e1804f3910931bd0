"""MSLG beside its peers on the same data, features and budget.
May import: `common`, `problems` and `cifar10`.
Start reading: `compare`.
"""
