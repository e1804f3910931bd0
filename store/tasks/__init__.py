"""The life of a task: queued, running, succeeded, failed or cancelled.
May import: `models` and `database`.
Start reading: `lifecycle`.
"""
