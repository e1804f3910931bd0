"""Celery workers: they ingest archives, train, export, and re-queue tasks of workers that died.
May import: `store` and `mslg_core`; never `api`.
Start reading: `claims`, which claims a row, so that a duplicate message is ignored; then `tasks`.
"""
