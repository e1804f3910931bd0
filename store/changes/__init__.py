"""The log of changes of a dataset: images that joined or changed, classes that were edited.
May import: `database`, `models`, `outbox`, `verification` and `results`.
Start reading: `log`.
"""
