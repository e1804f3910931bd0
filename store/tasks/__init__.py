"""The life cycle of ingests, jobs and exports: claims, leases, cancellation; re-queues tasks of dead workers.
May import: `errors`, `database` and `models`.
Start reading: `lifecycle`, whose `claim` also ignores duplicate messages.
"""
