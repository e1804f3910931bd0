"""The settings of a run: one frozen class per method, presets, and defaults for what the user leaves open.
May import: `mslg_core.errors`. Importable without torch.
Start reading: `job` parses any config; `plan` chooses the defaults from the data and the device.
"""
