"""Measures the service on a bad network, and with several workers.
May import: `common`, `speed`. Starts the service as processes and calls it over HTTP and in a browser.
Start reading: `upload_cuts`, `workers`.
"""
