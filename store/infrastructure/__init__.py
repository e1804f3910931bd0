"""What lies outside the database: blobs (a folder or a bucket) and the message broker.
May import: `store.errors` and `store.settings`.
Start reading: `blobs`.
"""
