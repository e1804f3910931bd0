"""Measures training steps, requests and the start of the service, as ratios within one run.
May import: `common`. Starts the service as a process and calls it over HTTP.
Start reading: `steps` for training, `requests` for the service.
"""
