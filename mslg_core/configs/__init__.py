"""The settings of a run: one frozen class per method, presets, and defaults for all that is not given.
May import: `mslg_core.errors`. Importable without torch.
Start reading: `job` parses any config; `plan` chooses the defaults from the data and the device.
"""
