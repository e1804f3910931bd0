"""The ways in which datasets lie in folders and archives, one file per layout.
May import: `archives` and `label_tables`. Importable without torch.
Start reading: `registry`, the layouts in the order in which they are tried.
"""
