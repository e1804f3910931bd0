"""Simulates a reviewer and counts the decisions until the labels are right.
May import: `common`, `problems` and `compare`.
Start reading: `simulation`.
"""
