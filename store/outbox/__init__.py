"""Events: what webhooks are told of. A row is written in the transaction that makes the event true.
May import: `database` and `models`.
Start reading: `record`. `store.tasks.lifecycle` calls `ended`.
"""
