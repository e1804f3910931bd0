"""The Celery tasks, one module each: `ingest`, `train`, `export`, and `sweep`, which re-queues lost tasks.
May import: everything else in `worker` except `run`.
Start reading: `train`.
"""
