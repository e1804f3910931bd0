"""Decodes untrusted images. Importable without torch.

Importing this module sets Pillow's process-wide pixel limit and turns its warning into an error, because
images are decoded in threads and `catch_warnings` is not thread-safe.
"""

import io
import warnings
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, ImageOps

from mslg_core.errors import BadImageError
from mslg_core.images.file_formats import FORMATS, refuse
from mslg_core.images.mending import lacks_end, mend
from mslg_core.images.properties import MEASURED_SIDE, Properties, measure
from mslg_core.images.value_range import (
    ValueRange,
    is_deep,
    measure_range,
    orientation_of,
    read_values,
    scale_to_8_bits,
)

MAX_PIXELS = 50_000_000
JPEG_QUALITY = 85

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """Size in pixels and Pillow's name of the format.

    values: the range of the values if they have more than 8 bits; mended: whether the file lacked its end.
    """

    width: int
    height: int
    format: str
    values: ValueRange | None = None
    mended: bool = False


def inspect_image(data: bytes) -> ImageInfo:
    """Decode the whole image and return what is known about it. Raises `BadImageError`."""
    image, mended = _open_whole(data)
    if not is_deep(image):
        return ImageInfo(image.width, image.height, image.format or "", mended=mended)
    values = _read_values(data)
    return ImageInfo(values.shape[1], values.shape[0], image.format or "", measure_range(values))


def decode_image(data: bytes, size: int, values: ValueRange | None = None) -> NDArray[np.uint8]:
    """The image as RGB, uint8 [size, size, 3]. Raises `BadImageError`.

    values: what becomes black and white in an image of more than 8 bits; default: its own range. The aspect
    ratio is not kept, because a crop could remove the object to which the label refers.
    """
    image = _to_rgb(_load(data, values, draft=size))
    if image.size != (size, size):
        image = image.resize((size, size), Image.Resampling.BILINEAR)
    return np.asarray(image, dtype=np.uint8).copy()


def decode_and_measure(
    data: bytes, size: int, values: ValueRange | None = None
) -> tuple[NDArray[np.uint8], Properties]:
    """The image as `decode_image` gives it, and its properties. Raises `BadImageError`."""
    width, height = _open(data).size
    image = _to_rgb(_load(data, values, draft=max(size, MEASURED_SIDE)))
    properties = measure(image, width, height, data)
    if image.size != (size, size):
        image = image.resize((size, size), Image.Resampling.BILINEAR)
    return np.asarray(image, dtype=np.uint8).copy(), properties


def shrink_image(data: bytes, size: int, values: ValueRange | None = None) -> tuple[bytes, str]:
    """(encoded image, media type): upright, with a longer side of at most `size` pixels.

    A JPEG, or a PNG if parts of the image are transparent, to keep the transparency. values: as for
    `decode_image`. Raises `BadImageError`.
    """
    image = _upright(_load(data, values, draft=size))
    image.thumbnail((size, size), Image.Resampling.BILINEAR)
    file_format = "PNG" if image.mode == "RGBA" else "JPEG"
    file = io.BytesIO()
    image.save(file, file_format, quality=JPEG_QUALITY)
    return file.getvalue(), Image.MIME[file_format]


def needs_rendition(data: bytes) -> bool:
    """Whether a browser cannot draw the file, or would draw it clipped. Raises `BadImageError`."""
    image = _open(data)
    return image.format not in DRAWN_BY_BROWSERS or is_deep(image)


def is_unusual(data: bytes) -> bool:
    """Whether the image has more than 8 bits per channel or is a JPEG without its end; reads only its header.

    Raises `BadImageError`.
    """
    return is_deep(_open(data)) or lacks_end(data)


def render_image(data: bytes, values: ValueRange | None = None) -> tuple[bytes, str]:
    """(PNG, media type): the whole image, upright, in 8 bits. values: as for `decode_image`.

    Lossless for images of 8 bits. Raises `BadImageError`.
    """
    file = io.BytesIO()
    _upright(_load(data, values)).save(file, "PNG", compress_level=1)
    return file.getvalue(), Image.MIME["PNG"]


# JPEG, and MPO, which is a JPEG with more pictures behind it.
DRAWN_BY_BROWSERS = frozenset({"JPEG", "MPO", "PNG", "GIF", "BMP", "WEBP", "AVIF"})


def _open(data: bytes) -> ImageFile.ImageFile:
    """The image without its pixels. Raises `BadImageError`."""
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadImageError(f"The image has more than {MAX_PIXELS:,} pixels.") from error
    except Exception as error:  # plug-ins raise any exception
        raise refuse(data) from error
    if image.width * image.height > MAX_PIXELS:
        raise BadImageError(f"The image has {image.width} x {image.height} pixels, more than {MAX_PIXELS:,}.")
    return image


def _open_whole(data: bytes, draft: int | None = None) -> tuple[ImageFile.ImageFile, bool]:
    """(the decoded first frame, whether the file was mended). Deep images are not decoded yet.

    `draft` allows JPEGs to be decoded at a reduced size of at least `draft`.
    """
    image = _open(data)
    if is_deep(image):
        return image, False
    if draft:
        image.draft("RGB", (draft, draft))
    try:
        image.load()
    except Exception as error:
        mended = mend(data, draft) if image.format in {"JPEG", "MPO"} else None
        if mended is None:
            raise _damaged(error) from error
        return mended, True
    return image, False


def _load(data: bytes, values: ValueRange | None, draft: int | None = None) -> Image.Image:
    """The decoded first frame in 8 bits."""
    image, _ = _open_whole(data, draft)
    if not is_deep(image):
        return image
    return scale_to_8_bits(_read_values(data), values, orientation_of(image))


def _read_values(data: bytes) -> NDArray[np.float32]:
    try:
        return read_values(partial(_open, data))
    except BadImageError:
        raise
    except Exception as error:
        raise _damaged(error) from error


def _damaged(error: Exception) -> BadImageError:
    return BadImageError(f"The image is damaged: {error}.")


def _upright(image: Image.Image) -> Image.Image:
    """RGB, or RGBA if parts of the image are transparent, turned as its EXIF data says."""
    try:
        ImageOps.exif_transpose(image, in_place=True)
        return image.convert("RGBA") if image.has_transparency_data else _to_rgb(image)
    except Exception as error:
        raise _damaged(error) from error


def _to_rgb(image: Image.Image) -> Image.Image:
    """Convert to RGB: upright, transparent parts on white."""
    try:
        ImageOps.exif_transpose(image, in_place=True)
        if image.has_transparency_data:
            rgba = image.convert("RGBA")
            white = Image.new("RGBA", rgba.size, "white")
            return Image.alpha_composite(white, rgba).convert("RGB")
        return image.convert("RGB")
    except Exception as error:
        raise _damaged(error) from error
