"""Measures training steps and requests, as ratios within one run.
May import: `common`.
Start reading: `steps`.
"""
