"""Decides what a reviewer is served: open samples (`queues`), their order (`sampling`), honeypots, leases.
May import: `database`, `models`, `verification` and `results`.
Start reading: `assignments`, which serves and leases samples.
"""
