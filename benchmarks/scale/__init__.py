"""Measures what each page and task of the service takes with a million samples.
May import: `common`, `speed`. Starts the service as processes, calls it over HTTP, and asks its database.
Start reading: `__main__`, then `course`.
"""
