"""`mslg clean`: from files on disk to a table of corrected labels.
May import: everything in `mslg_core` but `noise`.
Start reading: `clean`.
"""
