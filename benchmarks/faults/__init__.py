"""Proves that no fault of a machine or a network loses, doubles or changes work.
May import: `common` and `tests.servers`. Starts the service and its servers as processes; calls it over HTTP.
Start reading: `__main__`, then `trial` and `catalogue`.
"""
