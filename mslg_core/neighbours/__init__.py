"""Nearest neighbours by features: of all samples at once, and the index that looks them up for one.
May import: numpy and usearch only, so that the API may use it.
Start reading: `index`.
"""
