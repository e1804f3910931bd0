"""Reproduces the paper's tables on CIFAR-10.
May import: `common` and `problems`.
Start reading: `cells`, one cell of a table.
"""
