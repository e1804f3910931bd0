"""The life cycle of ingests, jobs, feature chunks and exports: claims, leases, cancellation, expiry.
May import: `errors`, `database` and `models`.
Start reading: `lifecycle`. `worker.claims` and `worker.tasks.sweep` apply its rules.
"""
