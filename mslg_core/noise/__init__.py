"""Synthetic label noise for benchmarks and the demo: makes known labels wrong at exact rates.
May import: `configs`, `images`, `features`, `training` and `mslg_core.errors`. Only `noise_network`
needs torch.
Start reading: `synthetic`, one function per kind of noise.
"""
