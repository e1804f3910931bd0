"""Folders, zip, tar and Parquet files behind one interface that trusts none of them.
May import: `mslg_core.errors`. Importable without torch.
Start reading: `archive`, the interface; `open_dataset` chooses the implementation.
"""
