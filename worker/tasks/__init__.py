"""The Celery tasks, one file each, and what they need besides.
May import: everything else in `worker` but `run`.
Start reading: `train`.
"""
