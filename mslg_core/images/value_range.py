"""Pixels of more than 8 bits: reads all their bits and scales them to 8. Importable without torch.

Pillow reduces such images to 8 bits by clipping or by dropping the low byte, so that 12-bit data keeps 16
levels and floats from 0 to 1 become black. Here the range of the data decides, one for a whole dataset, so
that equal values stay equal.
"""

import sys
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from mslg_core.errors import BadImageError

# The largest values of 1.0, 8, 10, 12, 14 and 16 bits.
CUSTOMARY_HIGHS = (1.0, 255.0, 1023.0, 4095.0, 16383.0, 65535.0)
OPAQUE = 65535.0
_ORIENTATION = 0x0112

OpenImage = Callable[[], ImageFile.ImageFile]


class ValueRange(NamedTuple):
    """The values that become black and white."""

    low: float
    high: float

    def union(self, other: "ValueRange | None") -> "ValueRange":
        """The range that covers both."""
        if other is None:
            return self
        return ValueRange(min(self.low, other.low), max(self.high, other.high))

    def rounded(self) -> "ValueRange":
        """The customary range that the values come from, such as 0 to 4095, or else the values' own.

        A customary range is theirs if they reach its upper half.
        """
        fitting = [high for high in CUSTOMARY_HIGHS if high / 2 < self.high <= high]
        if self.low >= 0 and fitting:
            return ValueRange(0.0, fitting[0])
        return self

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `LOW,HIGH`. Raises `ValueError` unless both are finite numbers and LOW is below HIGH."""
        numbers = [float(number) for number in text.split(",")]
        if len(numbers) != 2 or not (np.isfinite(numbers).all() and numbers[0] < numbers[1]):
            raise ValueError(f"{text!r} is not a range of values, such as 0,4095")
        return cls(*numbers)


def join_ranges(ranges: Iterable[ValueRange | None]) -> ValueRange | None:
    """The range that covers all, or None if none has one."""
    joined: ValueRange | None = None
    for found in ranges:
        joined = joined if found is None else found.union(joined)
    return joined


def is_deep(image: Image.Image) -> bool:
    """Whether the pixels of an opened image have more than 8 bits per channel."""
    return image.mode[0] in "IF" or ";16" in _raw_mode(image)


def read_values(open_image: OpenImage) -> NDArray[np.float32]:
    """All bits of a deep image: [height, width] or [height, width, channels].

    Raises `BadImageError` if no value is a finite number, and what Pillow raises.
    """
    image = open_image()
    values = _read_grey(image) if image.mode[0] in "IF" else _read_channels(open_image)
    if not np.isfinite(values).any():
        raise BadImageError("No pixel of the image is a finite number.")
    return values


def measure_range(values: NDArray[np.float32]) -> ValueRange:
    """The least and the largest finite value of what `read_values` returned, without the alpha channel."""
    colours = _colours(values)
    finite = colours[np.isfinite(colours)]
    return ValueRange(float(finite.min()), float(finite.max()))


def scale_to_8_bits(
    values: NDArray[np.float32], wanted: ValueRange | None, orientation: int | None
) -> Image.Image:
    """An 8-bit image of `values`, black at the low end of `wanted` (default: their own range, rounded).

    Values outside are clipped; what is not a number is black. `orientation` is the EXIF tag to keep.
    """
    low, high = wanted or measure_range(values).rounded()
    span = high - low or 1.0
    scaled = (np.nan_to_num(values, nan=low, posinf=high, neginf=low) - low) / span
    if _has_alpha(values):
        scaled[..., -1] = values[..., -1] / OPAQUE
    image = Image.fromarray((scaled.clip(0, 1) * 255 + 0.5).astype(np.uint8))
    if orientation is not None:
        image.getexif()[_ORIENTATION] = orientation
    return image


def orientation_of(image: Image.Image) -> int | None:
    """The EXIF tag that says how to turn the pixels; Pillow turns those of a TIFF itself while reading."""
    return None if image.format == "TIFF" else image.getexif().get(_ORIENTATION)


def _read_grey(image: ImageFile.ImageFile) -> NDArray[np.float32]:
    image.load()
    return np.asarray(image).astype(np.float32)


def _read_channels(open_image: OpenImage) -> NDArray[np.float32]:
    """Pillow keeps the high byte of each channel. Reading with the other byte order gives the low byte."""
    raw_mode = _raw_mode(open_image())
    if raw_mode.startswith("LA"):  # four bytes per pixel: Pillow knows them in one byte order only
        pairs = _load_as(open_image(), "RGBA")
        return pairs[..., 0::2] * 256 + pairs[..., 1::2]
    channels, order = raw_mode.split(";16")
    native = "B" if sys.byteorder == "big" else "L"
    swapped = "L" if (native if order == "N" else order) == "B" else "B"
    return _load_as(open_image(), raw_mode) * 256 + _load_as(open_image(), f"{channels};16{swapped}")


def _load_as(image: ImageFile.ImageFile, raw_mode: str) -> NDArray[np.float32]:
    """The pixels, unpacked as `raw_mode` says."""
    image.tile = [tile._replace(args=_with_raw_mode(tile.args, raw_mode)) for tile in image.tile]
    image.load()
    return np.asarray(image).astype(np.float32)


def _raw_mode(image: Image.Image) -> str:
    """Pillow's name for the layout of the pixels in the file, such as `RGB;16B`."""
    tiles = getattr(image, "tile", [])
    args = tiles[0].args if tiles else None
    return str(args[0] if isinstance(args, tuple) and args else args)


def _with_raw_mode(args: Any, raw_mode: str) -> Any:
    return (raw_mode, *args[1:]) if isinstance(args, tuple) else raw_mode


def _has_alpha(values: NDArray[np.float32]) -> bool:
    return values.ndim == 3 and values.shape[2] in (2, 4)


def _colours(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return values[..., :-1] if _has_alpha(values) else values
