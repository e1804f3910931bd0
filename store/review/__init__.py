"""Decides which samples a reviewer is served: queues, sampling, assignments, honeypots.
May import: `models`, `database`, `verification` and `results`.
Start reading: `assignments`.
"""
