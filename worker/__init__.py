"""Celery workers: they ingest archives, train, export, and sweep up lost tasks.
May import: `store` and `mslg_core`; never `api`.
Start reading: `claims`, how a task carries out the work that its id stands for.
"""
