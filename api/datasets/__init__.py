"""Datasets: archives, samples, images, and the check that a dataset is ready.

May import the shared modules of `api`, `store`, and the image reading of `mslg_core`.
Start reading: `service`.
"""
