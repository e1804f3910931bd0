"""Perceptual hashes: similar for the same picture, whatever its size and compression. No torch.

The hash is pHash (Zauner 2010) with 256 bits instead of 64: the signs of the lowest frequencies of a small
grey image, relative to their median.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

HASH_SIDE = 16
"""Frequencies in each direction."""
HASH_BITS = HASH_SIDE**2
HASH_BYTES = HASH_BITS // 8
GREY_SIDE = 4 * HASH_SIDE

Hashes = NDArray[np.uint8]


def perceptual_hash(grey: Image.Image) -> Hashes:
    """The hash of a grey image, uint8 [HASH_BYTES]."""
    small = np.asarray(grey.resize((GREY_SIDE, GREY_SIDE), Image.Resampling.BILINEAR), dtype=np.float32)
    cosines = _cosines()
    frequencies = (cosines @ small @ cosines.T).ravel()
    return np.packbits(frequencies > np.median(frequencies))


def hamming(first: Hashes, second: Hashes) -> NDArray[np.int64]:
    """Differing bits [n] of hashes uint8 [n, HASH_BYTES], pair by pair."""
    differing: NDArray[np.int64] = np.bitwise_count(first ^ second).sum(axis=1, dtype=np.int64)
    return differing


@lru_cache(maxsize=1)
def _cosines() -> NDArray[np.float32]:
    """The lowest frequencies of the discrete cosine transform (DCT-II) but the constant one, [HASH_SIDE,
    GREY_SIDE].
    """
    frequency, place = np.arange(1, HASH_SIDE + 1)[:, None], np.arange(GREY_SIDE)
    return np.cos(np.pi * frequency * (2 * place + 1) / (2 * GREY_SIDE)).astype(np.float32)
