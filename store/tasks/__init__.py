"""The life cycle of all that workers do, such as jobs and exports: claims, leases, cancellation, expiry.
May import: `errors`, `database`, `models` and `outbox`.
Start reading: `lifecycle`. `worker.claims` and `worker.tasks.sweep` apply its rules.
"""
