"""Decisions of people about samples, and what they amount to: consensus, verified set, splits.
May import: `models` and `database`.
Start reading: `record`.
"""
