"""Zip, tar and Parquet files and folders behind one interface, with checks of sizes, paths and links.
May import: `mslg_core.errors`. Importable without torch.
Start reading: `archive`, the interface, whose `Meter` stops zip bombs; `paths` refuses unsafe names.
"""
