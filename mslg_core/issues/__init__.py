"""Issues besides label errors: duplicates, outliers, bad images; and the map of all samples. No torch.
May import: `reports`, `images` and `neighbours`.
Start reading: `find`.
"""
