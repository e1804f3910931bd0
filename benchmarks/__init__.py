"""Measures the performance claims of the documentation. Run by `mslg bench`, on a GPU by `benchmarks.gpu`.
May import: `mslg_core` and `mslg_rules`. Drives the service over HTTP only.
Start reading: `compare.compare`, which compares MSLG with cleanlab.
"""
