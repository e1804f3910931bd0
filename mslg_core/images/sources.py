"""Where a run's images come from: an array of pixels, or encoded images that are decoded when they are used.

Importable without torch.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mslg_core.errors import DamagedImagesError
from mslg_core.images.buffers import allocate_pixels
from mslg_core.images.decoders import BLOCK, Block, Load, decode_blocks
from mslg_core.images.value_range import ValueRange

Indices = NDArray[np.int64]
# SHA-256 digests, one per image.
Contents = NDArray[np.bytes_]
DIGEST = np.dtype("S32")
# Yields position and image for each of the given positions, which increase; in any order.
ReadImages = Callable[[Indices], Iterator[tuple[int, Load]]]


class ImageSource(Protocol):
    """N images, square once decoded. They need not fit into memory."""

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(N, side, side, 3), with the side that images have by default."""

    @property
    def contents(self) -> Contents:
        """A digest of each image's content, [N]: equal for images with equal pixels at every side."""

    @property
    def decoding(self) -> str:
        """Names the side and whatever else the pixels of equal contents depend on."""

    def blocks(self, index: Indices, side: int | None = None) -> Iterator[Block]:
        """Decode the images at the positions `index` int64 [n], increasing, block by block, to `side` pixels
        if given.

        Images that cannot be decoded are left out; after the last block they raise `DamagedImagesError`.
        """


class PixelSource:
    """Images that are decoded already, uint8 [N, side, side, 3]. Their side cannot be chosen."""

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        self._pixels = pixels

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """See `ImageSource`."""
        n, height, width, channels = self._pixels.shape
        return n, height, width, channels

    @property
    def decoding(self) -> str:
        """See `ImageSource`."""
        return str(self.shape[1])

    @cached_property
    def contents(self) -> Contents:
        """See `ImageSource`."""
        return as_contents(hashlib.sha256(image.tobytes()).digest() for image in self._pixels)

    def blocks(self, index: Indices, side: int | None = None) -> Iterator[Block]:
        """See `ImageSource`."""
        if side not in (None, self.shape[1]):
            raise ValueError(f"The images have {self.shape[1]} pixels a side, not {side}.")
        for start in range(0, len(index), BLOCK):
            part = index[start : start + BLOCK]
            yield Block(part, self._pixels[part], {})


class EncodedSource:
    """Encoded images, such as JPEG files in an archive.

    Args: read, which loads them; contents [N]; side to which they are decoded by default; processes that
    decode (default: one per CPU, none for few images); values: see `mslg_core.images.decode`.
    """

    def __init__(
        self,
        read: ReadImages,
        contents: Contents,
        side: int,
        processes: int | None = None,
        values: ValueRange | None = None,
    ) -> None:
        self._read, self._side, self._processes, self._values = read, side, processes, values
        self.contents = contents

    @property
    def decoding(self) -> str:
        """See `ImageSource`."""
        return str(self._side) if self._values is None else f"{self._side}, {self._values}"

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """See `ImageSource`."""
        return len(self.contents), self._side, self._side, 3

    def blocks(self, index: Indices, side: int | None = None) -> Iterator[Block]:
        """See `ImageSource`."""
        damaged = dict.fromkeys(index.tolist(), "The file can no longer be read.")
        blocks = decode_blocks(
            self._read(index), side or self._side, len(index), self._processes, self._values
        )
        for block in blocks:
            for position in block.positions.tolist():
                del damaged[position]
            damaged |= block.damaged
            yield block
        if damaged:
            raise DamagedImagesError(damaged)


# Images as an array uint8 [N, side, side, 3], or their source.
AnyImages = NDArray[np.uint8] | ImageSource


def as_source(images: AnyImages) -> ImageSource:
    """The images as a source."""
    return PixelSource(images) if isinstance(images, np.ndarray) else images


def gather(source: ImageSource, index: Indices | None = None, side: int | None = None) -> NDArray[np.uint8]:
    """The pixels uint8 [n, side, side, 3] of the images `index` int64 [n], increasing, or of all; mapped from
    a file if they are large. Raises `DamagedImagesError`.
    """
    index = np.arange(source.shape[0]) if index is None else index
    pixels = allocate_pixels(len(index), side or source.shape[1])
    for block in source.blocks(index, side):
        pixels[np.searchsorted(index, block.positions)] = block.pixels
    return pixels


def as_contents(digests: Iterable[bytes]) -> Contents:
    """SHA-256 digests as an array."""
    return np.frombuffer(b"".join(digests), dtype=DIGEST)


def to_hex(contents: Contents) -> Iterator[str]:
    """The digests [n] as hexadecimal digits. NumPy drops their trailing zeros."""
    return (digest.ljust(DIGEST.itemsize, b"\0").hex() for digest in contents.tolist())
