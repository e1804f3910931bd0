"""Decoding of untrusted images."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from mslg_core.errors import BadImageError
from mslg_core.images.decode import MAX_PIXELS, decode_image, inspect_image
from tests.mslg_core.datasets.archive_files import png
from tests.mslg_core.images.image_files import png_chunk


def encode(image: Image.Image, image_format: str, **options: object) -> bytes:
    """The encoded image."""
    buffer = io.BytesIO()
    image.save(buffer, image_format, **options)
    return buffer.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A small PNG whose header claims a large size."""
    header = struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(b"\0" * 99))


@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM"])
def test_formats_are_recognised_and_decoded(image_format: str) -> None:
    data = encode(Image.new("RGB", (12, 7), (250, 10, 30)), image_format)
    info = inspect_image(data)
    assert (info.width, info.height, info.format) == (12, 7, image_format)
    assert np.abs(decode_image(data, 8).astype(int) - [250, 10, 30]).max() <= 4


@pytest.mark.parametrize("side", [8_000, 12_000, 60_000])
def test_decompression_bombs_are_refused_before_decoding(side: int) -> None:
    with pytest.raises(BadImageError, match="pixels"):
        inspect_image(bomb(side, side))
    assert side * side > MAX_PIXELS


@pytest.mark.parametrize("data", [b"", b"text", b"%!PS-Adobe-3.0\n", png(size=(64, 64))[:-30]])
def test_undecodable_data_is_refused(data: bytes) -> None:
    for read in (inspect_image, lambda d: decode_image(d, 8)):
        with pytest.raises(BadImageError):
            read(data)


def test_truncated_jpegs_are_refused() -> None:
    rng = np.random.default_rng(0)
    data = encode(Image.fromarray(rng.integers(0, 255, (64, 64, 3), dtype=np.uint8)), "JPEG")
    with pytest.raises(BadImageError):
        inspect_image(data[: len(data) // 2])


def test_images_of_the_requested_size_keep_every_pixel() -> None:
    pixels = np.arange(64, dtype=np.uint8).reshape(8, 8)
    assert (decode_image(encode(Image.fromarray(pixels), "PNG"), 8) == pixels[:, :, None]).all()


def test_transparency_becomes_white_and_16_bits_are_reduced() -> None:
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    assert (decode_image(encode(clear, "PNG"), 8) == 255).all()
    deep = Image.fromarray(np.full((8, 8), 0x80FF, dtype=np.uint16))
    assert (decode_image(encode(deep, "PNG"), 8) == 0x80).all()


def test_exif_orientation_is_applied() -> None:
    image = Image.fromarray(np.concatenate([np.zeros((8, 4)), np.full((8, 4), 255)], axis=1).astype(np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise: left becomes top
    decoded = decode_image(encode(image, "PNG", exif=exif), 8)
    assert decoded[:4].max() == 0
    assert decoded[4:].min() == 255
