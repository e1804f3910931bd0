"""Reads datasets: finds the images, their labels and what is already verified, in any published layout.
May import: `configs`, `images`, `mslg_core.errors` and `mslg_rules`; layers, lowest first: `archives`,
`tables`, `layouts`, the modules here. Importable without torch.
Start reading: `open_dataset` opens a path, `detect` finds its layout and labels and reads its images.
"""
