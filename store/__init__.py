"""The database and all rules about it that API and workers share: tables, decisions, queues, results, tasks.
May import: SQLAlchemy, obstore, kombu, numpy and `mslg_rules`; never fastapi, celery, torch or `mslg_core`.
Start reading: `models`, then `verification.record`.
"""
