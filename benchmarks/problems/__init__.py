"""Datasets whose labels were made wrong, one training on them, and its figures.
May import: `common`.
Start reading: `problem`.
"""
