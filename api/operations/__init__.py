"""What whoever runs the service needs: probes, metrics, a log line per request.

May import the shared modules of `api`, and `store`.
Start reading: `probes`, then `metrics`.
"""
