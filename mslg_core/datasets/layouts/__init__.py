"""Dataset layouts, one module each: metadata tables, Clothing1M, Food-101N, class folders. Reads label files.
May import: `archives`, `mslg_core.errors` and `mslg_rules`. Importable without torch.
Start reading: `registry`, the order in which layouts are tried; each layout's module decides whether it fits.
"""
