"""Reads tables of labels, as spreadsheets, scripts and notebooks write them: `read_table` for every caller.
May import: `archives.paths`, `mslg_core.errors` and `mslg_rules`. Importable without torch.
Start reading: `table`; `text` decodes, `records` splits into cells, `columns` knows the headers, `decisions`
our own exports.
"""
