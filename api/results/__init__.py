"""The output of a job: the ranking, the result of one sample, the summary.

May import the shared modules of `api`, `api.datasets`, and `store`.
Start reading: `service`.
"""
