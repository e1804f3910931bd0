"""Images of more than 8 bits are scaled by the range of the data."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from mslg_core.errors import BadImageError
from mslg_core.images.decode import decode_image, inspect_image, needs_rendition, render_image, shrink_image
from mslg_core.images.value_range import ValueRange, join_ranges
from tests.mslg_core.images.image_files import png16, tiff16

RAMP = np.linspace(0, 1, 64).reshape(8, 8)
GREYS = (RAMP * 255 + 0.5).astype(np.uint8)


def tiff(values: NDArray[np.generic], **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(values).save(buffer, "TIFF", **options)
    return buffer.getvalue()


GREY_FILES = {
    "float 0..1": (tiff(RAMP.astype(np.float32)), 1),
    "8-bit values in 16 bits": (tiff((RAMP * 255).round().astype(np.uint16)), 255),
    "12 bits in 16": (tiff((RAMP * 4095).astype(np.uint16)), 4095),
    "16 bits": (tiff((RAMP * 65535).astype(np.uint16)), 65535),
    "16 bits, compressed": (tiff((RAMP * 65535).astype(np.uint16), compression="tiff_adobe_deflate"), 65535),
    "float 0..65535": (tiff((RAMP * 65535).astype(np.float32)), 65535),
    "32-bit integers": (tiff((RAMP * 1_000_000).astype(np.int32)), 1_000_000),
}


@pytest.mark.parametrize(("data", "high"), GREY_FILES.values(), ids=GREY_FILES)
def test_every_kind_of_deep_grey_image_is_scaled_not_clipped(data: bytes, high: float) -> None:
    assert inspect_image(data).values == ValueRange(0, high)
    assert np.abs(decode_image(data, 8)[..., 0].astype(int) - GREYS).max() <= 1


@pytest.mark.parametrize("order", ["<", ">"])
def test_colour_tiffs_keep_all_their_bits(order: str) -> None:
    values = np.random.default_rng(0).integers(0, 4096, (8, 8, 3)).astype(np.uint16)
    expected = (values / 4095 * 255 + 0.5).astype(int)
    assert np.abs(decode_image(tiff16(values, order), 8, ValueRange(0, 4095)) - expected).max() <= 1


@pytest.mark.parametrize("channels", [2, 3, 4])
def test_colour_pngs_keep_all_their_bits(channels: int) -> None:
    values = np.random.default_rng(0).integers(0, 4096, (8, 8, channels)).astype(np.uint16)
    if channels in (2, 4):
        values[..., -1] = 65535  # opaque
    colours = values[..., : 1 if channels == 2 else 3]
    expected = np.broadcast_to(colours / 4095 * 255 + 0.5, (8, 8, 3)).astype(int)
    data = png16(values)
    assert inspect_image(data).values == ValueRange(colours.min(), colours.max())
    assert np.abs(decode_image(data, 8, ValueRange(0, 4095)) - expected).max() <= 1


def test_one_range_serves_a_whole_dataset() -> None:
    dark, bright = tiff(np.full((8, 8), 1000, np.uint16)), tiff(np.full((8, 8), 4000, np.uint16))
    joined = join_ranges(inspect_image(data).values for data in (dark, bright))
    assert joined is not None
    values = joined.rounded()
    assert values == ValueRange(0, 4095)
    assert decode_image(dark, 8, values).max() == round(1000 / 4095 * 255)
    assert decode_image(bright, 8, values).max() == round(4000 / 4095 * 255)


@pytest.mark.parametrize(
    ("found", "rounded"),
    [
        (ValueRange(0, 0.97), ValueRange(0, 1)),
        (ValueRange(3, 250), ValueRange(0, 255)),
        (ValueRange(0, 3000), ValueRange(0, 4095)),
        (ValueRange(100, 40_000), ValueRange(0, 65535)),
        (ValueRange(0, 20_000), ValueRange(0, 20_000)),  # 15 bits are nobody's custom
        (ValueRange(-1024, 3071), ValueRange(-1024, 3071)),
    ],
)
def test_a_range_is_rounded_to_a_customary_one_only_if_the_data_fill_it(
    found: ValueRange, rounded: ValueRange
) -> None:
    assert found.rounded() == rounded


def test_what_is_not_a_number_is_black_and_nothing_but_that_is_refused() -> None:
    values = RAMP.astype(np.float32)
    values[0, :2] = np.nan, -np.inf
    values[7, 7] = np.inf
    decoded = decode_image(tiff(values), 8)
    assert decoded[0, :2].max() == 0
    assert decoded[7, 7].min() == 255
    with pytest.raises(BadImageError, match="finite"):
        inspect_image(tiff(np.full((4, 4), np.nan, np.float32)))


def test_a_blank_image_is_no_error() -> None:
    assert decode_image(tiff(np.zeros((4, 4), np.float32)), 8).max() == 0


def test_orientation_is_kept() -> None:
    values = np.concatenate([np.zeros((8, 4)), np.full((8, 4), 4095)], axis=1).astype(np.uint16)
    exif = Image.Exif()
    exif[0x0112] = 6
    decoded = decode_image(tiff(values, exif=exif), 8)
    assert decoded[:4].max() == 0
    assert decoded[4:].min() == 255


def test_browsers_get_a_lossless_picture_in_8_bits() -> None:
    plain = Image.fromarray(np.random.default_rng(0).integers(0, 255, (9, 5, 3), dtype=np.uint8))
    buffer = io.BytesIO()
    plain.save(buffer, "TIFF")
    data, media_type = render_image(buffer.getvalue())
    assert media_type == "image/png"
    assert (np.asarray(Image.open(io.BytesIO(data))) == np.asarray(plain)).all()
    deep = tiff((RAMP * 4095).astype(np.uint16))
    shown = np.asarray(Image.open(io.BytesIO(render_image(deep, ValueRange(0, 4095))[0])))[..., 0]
    assert np.abs(shown.astype(int) - GREYS).max() <= 1
    small = Image.open(io.BytesIO(shrink_image(deep, 4, ValueRange(0, 4095))[0]))
    assert np.asarray(small).max() > 200


def test_only_what_a_browser_draws_right_is_sent_as_it_is() -> None:
    pixels = Image.fromarray(GREYS)
    for image_format, needed in (("PNG", False), ("JPEG", False), ("TIFF", True), ("PPM", True)):
        buffer = io.BytesIO()
        pixels.save(buffer, image_format)
        assert needs_rendition(buffer.getvalue()) is needed, image_format
    assert needs_rendition(png16(np.zeros((2, 2, 3), np.uint16)))


@pytest.mark.parametrize("text", ["", "1", "1,1", "2,1", "0,nan", "a,b", "1,2,3", "0,inf"])
def test_a_range_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a range|could not convert"):
        ValueRange.parse(text)
    assert ValueRange.parse("0,4095") == ValueRange(0, 4095)
