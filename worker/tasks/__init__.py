"""The Celery tasks, one module each: `ingest`, `train`, `feature_chunk`, `export`, `sweep` for lost tasks.
May import: everything else in `worker` except `run`.
Start reading: `train`.
"""
