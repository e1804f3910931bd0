"""Services besides the database: the blob store (a folder or a bucket) and the message broker.
May import: `errors`.
Start reading: `blobs`.
"""
