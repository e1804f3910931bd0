"""Issues besides label errors: duplicates, outliers, bad images; similar images; the map.

May import the shared modules of `api`, `api.results`, `api.verification`, and `store`.
Start reading: `service`.
"""
