"""The settings of a run, one frozen class per method, and the plan that fills in what they leave open.
May import: `mslg_core.errors`. Importable without torch.
Start reading: `job`, which parses any config.
"""
