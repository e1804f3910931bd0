"""The commands of `mslg`, one module each; `mslg_cli.py` declares their options.
May import: every package of the project.
Start reading: `serve` starts the service, `clean` runs the trainer on local files.
"""
