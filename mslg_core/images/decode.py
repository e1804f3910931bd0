"""Decodes untrusted images. Importable without torch.

Importing this module sets Pillow's process-wide pixel limit and turns its warning into an error, because
images are decoded in threads and `catch_warnings` is not thread-safe.
"""

import io
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from mslg_core.errors import BadImageError
from mslg_core.images.properties import MEASURED_SIDE, Properties, measure

MAX_PIXELS = 50_000_000
JPEG_QUALITY = 85
# Pillow's other plug-ins are for documents and scientific data; some of them run external programs.
FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "AVIF")

Image.init()  # loads all plug-ins, which `Image.open(formats=...)` requires
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """Size in pixels and Pillow's name of the format."""

    width: int
    height: int
    format: str


def inspect_image(data: bytes) -> ImageInfo:
    """Decode the whole image and return its size and format. Raises `BadImageError`."""
    image = _load(data)
    return ImageInfo(image.width, image.height, image.format or "")


def decode_image(data: bytes, size: int) -> NDArray[np.uint8]:
    """The image as RGB, uint8 [size, size, 3]. Raises `BadImageError`.

    The aspect ratio is not kept, because a crop could remove the object to which the label refers.
    """
    image = _to_rgb(_load(data, draft=size))
    if image.size != (size, size):
        image = image.resize((size, size), Image.Resampling.BILINEAR)
    return np.asarray(image, dtype=np.uint8).copy()


def decode_and_measure(data: bytes, size: int) -> tuple[NDArray[np.uint8], Properties]:
    """The image as `decode_image` gives it, and its properties. Raises `BadImageError`."""
    opened = _open(data)
    width, height = opened.size
    image = _to_rgb(_decode(opened, draft=max(size, MEASURED_SIDE)))
    properties = measure(image, width, height, data)
    if image.size != (size, size):
        image = image.resize((size, size), Image.Resampling.BILINEAR)
    return np.asarray(image, dtype=np.uint8).copy(), properties


def shrink_image(data: bytes, size: int) -> tuple[bytes, str]:
    """(encoded image, media type): upright, with a longer side of at most `size` pixels.

    A JPEG, or a PNG if parts of the image are transparent, to keep the transparency. Raises `BadImageError`.
    """
    image = _load(data, draft=size)
    try:
        ImageOps.exif_transpose(image, in_place=True)
        image = image.convert("RGBA") if image.has_transparency_data else _to_rgb(image)
        image.thumbnail((size, size), Image.Resampling.BILINEAR)
    except Exception as error:
        raise BadImageError(f"The image is damaged: {error}.") from error
    file_format = "PNG" if image.mode == "RGBA" else "JPEG"
    file = io.BytesIO()
    image.save(file, file_format, quality=JPEG_QUALITY)
    return file.getvalue(), Image.MIME[file_format]


def _load(data: bytes, draft: int | None = None) -> Image.Image:
    """The decoded first frame. `draft` allows JPEGs to be decoded at a reduced size of at least `draft`."""
    return _decode(_open(data), draft)


def _open(data: bytes) -> Image.Image:
    """The image before its pixels are decoded."""
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadImageError(f"The image has more than {MAX_PIXELS:,} pixels.") from error
    except Exception as error:  # plug-ins raise any exception
        raise BadImageError("The file is not an image in a supported format.") from error
    if image.width * image.height > MAX_PIXELS:
        raise BadImageError(f"The image has {image.width} x {image.height} pixels, more than {MAX_PIXELS:,}.")
    return image


def _decode(image: Image.Image, draft: int | None) -> Image.Image:
    try:
        if draft:
            image.draft("RGB", (draft, draft))
        image.load()
    except Exception as error:
        raise BadImageError(f"The image is damaged: {error}.") from error
    return image


def _to_rgb(image: Image.Image) -> Image.Image:
    """Convert to RGB: upright, transparent parts on white, 16 bits reduced to 8."""
    try:
        ImageOps.exif_transpose(image, in_place=True)
        if image.mode.startswith("I;16"):
            image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
        if image.has_transparency_data:
            rgba = image.convert("RGBA")
            white = Image.new("RGBA", rgba.size, "white")
            return Image.alpha_composite(white, rgba).convert("RGB")
        return image.convert("RGB")
    except Exception as error:
        raise BadImageError(f"The image is damaged: {error}.") from error
