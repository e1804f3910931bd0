"""Tables, transactions, blobs, the verified set and the life of a task: all that API and workers share.
May import: SQLAlchemy, obstore, numpy and `mslg_rules`; never fastapi, celery, torch or `mslg_core`.
Start reading: `models`, then `verification.record`.
"""
