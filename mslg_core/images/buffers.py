"""Buffers for decoded images, in memory or in a mapped file."""

import tempfile

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

# Larger buffers, in bytes, are mapped from a file, so that the system can page them out.
IN_MEMORY = 2 << 30


def allocate_pixels(num_images: int, side: int) -> Pixels:
    """An uninitialised buffer for images, uint8 [N, side, side, 3].

    In memory, or mapped from a temporary file that disappears with the array.
    """
    shape = (num_images, side, side, 3)
    if num_images * side * side * 3 <= IN_MEMORY:
        return np.empty(shape, dtype=np.uint8)
    with tempfile.TemporaryFile(prefix="mslg-pixels-") as file:
        return np.memmap(file, dtype=np.uint8, mode="w+", shape=shape)
