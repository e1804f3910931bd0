"""A simulated reviewer: how many decisions until the labels are right.
May import: `common`, `problems`, `cifar10` and `compare`.
Start reading: `simulation`.
"""
