"""Named versions of a dataset: stored as a table, read for exports, and compared.
May import: `exports` and `reports`.
Start reading: `table`.
"""
