"""Files of results, tables, process pools and errors.
May import: `mslg_core`.
Start reading: `results`.
"""
