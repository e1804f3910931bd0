"""Decides what a reviewer is served: open samples (`queues`), order (`sampling`), honeypots, leases, shares.
May import: `database`, `models`, `verification` and `results`.
Start reading: `queues` (which samples are open), then `sampling` (order) and `assignments` (to whom).
"""
