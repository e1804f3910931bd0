"""Reads what users bring: archives, folders and tables in their published layouts.
May import: `configs` and `images`. Importable without torch.
Start reading: `detect`, which finds out a dataset's layout.
"""
