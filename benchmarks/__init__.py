"""Measures what the documentation claims: `mslg bench` and `python -m benchmarks...`.
May import: `mslg_core`; it drives the service over HTTP only.
Start reading: `compare.compare`, MSLG beside cleanlab.
"""
