"""Room for decoded images."""

import tempfile

import numpy as np
from numpy.typing import NDArray

from mslg_core.images.training_set import Indices

Pixels = NDArray[np.uint8]

# Bytes beyond which decoded images are mapped from a file, so that the system may leave them there.
IN_MEMORY = 2 << 30


def allocate_pixels(num_images: int, side: int) -> Pixels:
    """Room for images uint8 [N, side, side, 3], to be filled: in memory, or mapped from a temporary file that
    vanishes with the array.
    """
    shape = (num_images, side, side, 3)
    if num_images * side * side * 3 <= IN_MEMORY:
        return np.empty(shape, dtype=np.uint8)
    with tempfile.TemporaryFile(prefix="mslg-pixels-") as file:
        return np.memmap(file, dtype=np.uint8, mode="w+", shape=shape)


def keep_rows(pixels: Pixels, rows: Indices) -> Pixels:
    """Only the rows int64 [K], rising, of `pixels`, moved together in their place."""
    for new, old in enumerate(rows.tolist()):
        if new != old:
            pixels[new] = pixels[old]
    return pixels[: len(rows)]
