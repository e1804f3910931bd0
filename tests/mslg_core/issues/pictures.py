"""Pictures for the tests: smooth random ones, and changed copies."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mslg_core.images.decode import decode_and_measure
from mslg_core.images.properties import PROPERTIES, Properties

SIZE = (96, 80)


def make_picture(seed: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """Random blobs of colour, a different picture for each seed."""
    coarse = np.random.default_rng(seed).integers(0, 256, (9, 11, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def encode(image: Image.Image, file_format: str = "JPEG", quality: int = 90) -> bytes:
    """The picture as a file."""
    file = io.BytesIO()
    image.save(file, file_format, quality=quality)
    return file.getvalue()


def measure_all(files: list[bytes]) -> Properties:
    """The properties of files, [N]."""
    return np.array([decode_and_measure(data, 32)[1] for data in files], dtype=PROPERTIES)


def describe(files: list[bytes]) -> NDArray[np.float32]:
    """Features of files: their pixels at a quarter of the thumbnails' side, centred, [N, 64]."""
    thumbnails = measure_all(files)["thumbnail"].astype(np.float32)
    pixels = thumbnails.reshape(-1, 8, 4, 8, 4).mean(axis=(2, 4)).reshape(len(files), -1)
    centred: NDArray[np.float32] = pixels - pixels.mean(axis=1, keepdims=True)
    return centred
