"""Decides what a reviewer is served: open samples (`queues`), their order (`sampling`), honeypots, leases.
May import: `database`, `models`, `verification` and `results`.
Start reading: `queues` (which samples are open), then `sampling` (order) and `assignments` (to whom).
"""
