"""JPEG files without their last bytes, and files that are no images."""

import io

import numpy as np
import pytest
from PIL import Image

from mslg_core.errors import BadImageError
from mslg_core.images import file_formats
from mslg_core.images.decode import decode_image, inspect_image

PIXELS = Image.fromarray(np.random.default_rng(0).integers(0, 255, (72, 56, 3), dtype=np.uint8))


def jpeg(**options: object) -> bytes:
    buffer = io.BytesIO()
    PIXELS.save(buffer, "JPEG", quality=90, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("cut", [1, 2])
def test_a_jpeg_without_its_end_is_read_whole(cut: int, progressive: bool) -> None:
    data = jpeg(progressive=progressive)
    info = inspect_image(data[:-cut])
    assert (info.width, info.height, info.mended) == (56, 72, True)
    assert (decode_image(data[:-cut], 64) == decode_image(data, 64)).all()
    assert not inspect_image(data).mended


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.99])
def test_a_jpeg_that_lacks_pixels_is_refused(kept: float) -> None:
    data = jpeg()
    with pytest.raises(BadImageError, match="damaged"):
        inspect_image(data[: int(kept * len(data))])


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
        (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "JPEG 2000"),
        (bytes(100), "empty"),
        (b"", "empty"),
        (b"\x00\x00\x00\x18ftypmp42", "video"),
    ],
)
def test_what_is_no_image_is_refused_by_its_right_name(data: bytes, name: str) -> None:
    with pytest.raises(BadImageError, match=name):
        inspect_image(data)


def test_heic_without_the_plug_in_is_refused_by_its_right_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_formats, "FORMATS", ("JPEG", "PNG"))
    error = file_formats.refuse(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")
    assert isinstance(error, BadImageError)
    assert "HEIC" in str(error)
    assert "mslg[heic]" in str(error)


def test_heic_is_read_where_the_plug_in_is_installed() -> None:
    plugin = pytest.importorskip("pillow_heif", reason="pillow-heif is not installed")
    buffer = io.BytesIO()
    plugin.from_pillow(PIXELS).save(buffer, quality=95)
    info = inspect_image(buffer.getvalue())
    assert (info.width, info.height, info.format) == (56, 72, "HEIF")
    assert decode_image(buffer.getvalue(), 64).shape == (64, 64, 3)
