"""Measures what the service does on a bad network.
May import: `common`, `speed`. Starts the service as a process and calls it over HTTP and in a browser.
Start reading: `upload_cuts`.
"""
