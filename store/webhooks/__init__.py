"""Webhooks: which addresses are allowed, who is told of what, and the outcome of each delivery.
May import: `errors`, `settings`, `infrastructure`, `database`, `models` and `tasks`.
Start reading: `manage`, then `deliveries`. What is delivered is written by `store.outbox`.
"""
