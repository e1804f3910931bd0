"""The other columns of users' tables, kept per sample: what is known of them, filters, order, groups.
May import: `models` and `database`, and `mslg_rules`.
Start reading: `columns`; `cells` is how SQL reads one value.
"""
