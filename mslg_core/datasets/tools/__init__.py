"""Reads what other tools export, and our own archives for them, with verdicts where a format has them.
May import: `datasets.layouts`, `datasets.tables` and `datasets.archives`. Importable without torch.
Start reading: `items`, which turns what any tool says about an image into a sample.
"""
