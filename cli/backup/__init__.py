"""`mslg backup` and `mslg restore`: the whole service, database and blobs, in one file.
May import: everything.
Start reading: `commands`.
"""
