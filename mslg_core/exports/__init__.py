"""Writes a corrected dataset: as a table, or with its images in the format of another tool.
May import: `reports`; nothing else in `mslg_core`.
Start reading: `writers`, the list of formats; `image` is what all of them receive.
"""
