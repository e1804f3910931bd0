"""What the commands of `mslg` do, one file per command; `mslg_cli.py` holds their options."""
