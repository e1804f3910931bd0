"""Encoded photos, and sources of them."""

import hashlib
import io
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
from PIL import Image

from mslg_core.images.decoders import Load
from mslg_core.images.sources import EncodedSource, Indices, as_contents


def encode_jpeg(image: Image.Image) -> bytes:
    """The image as a JPEG file."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG")
    return buffer.getvalue()


def make_photos(count: int, seed: int = 0) -> list[bytes]:
    """Different JPEG files of 40 x 30 pixels."""
    pixels = np.random.default_rng(seed).integers(0, 256, (count, 3, 4, 3), dtype=np.uint8)
    return [encode_jpeg(Image.fromarray(image).resize((40, 30))) for image in pixels]


class CountingSource(EncodedSource):
    """Counts how often each image is loaded."""

    def __init__(self, files: Sequence[bytes], side: int, processes: int | None = None) -> None:
        self.loaded: list[int] = []

        def load(position: int) -> bytes:
            self.loaded.append(position)
            return files[position]

        def read(index: Indices) -> Iterator[tuple[int, Load]]:
            return ((position, partial(load, position)) for position in index.tolist())

        super().__init__(read, as_contents(hashlib.sha256(file).digest() for file in files), side, processes)
