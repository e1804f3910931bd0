"""`mslg clean`: reads local files, runs the trainer on them, writes the table of corrected labels.
May import: everything in `mslg_core` except `noise`.
Start reading: `clean`, from end to end.
"""
