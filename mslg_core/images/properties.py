"""Measures properties of a decoded image, from which bad images and duplicates are found. Importable without
torch.

The properties are those of CleanVision (https://github.com/cleanlab/cleanvision, Apache-2.0), whose package
depends on matplotlib, pandas and four more that nothing else here needs. Pixels are measured on an image of
at most `MEASURED_SIDE` pixels.
"""

from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

MEASURED_SIDE = 128
BLUR_SIDE = 64
THUMBNAIL_SIDE = 32
COLOUR_SIDE = 4
SHA256_BYTES = 32
# Weights of red, green and blue in the perceived brightness.
BRIGHTNESS_WEIGHTS = np.array([0.241, 0.691, 0.068])
DARK_PERCENTILE, LIGHT_PERCENTILE = 99, 5

PROPERTIES = np.dtype(
    [
        ("width", "<i4"),
        ("height", "<i4"),
        ("brightness_99", "<f4"),  # 99th percentile of the brightness, 0..1
        ("brightness_5", "<f4"),  # 5th percentile
        ("entropy", "<f4"),  # bits per value of the histogram
        ("edge_deviation", "<f4"),  # standard deviation of the edges: low = blurred
        ("histogram_deviation", "<f4"),  # standard deviation of the grey histogram: low = few tones
        ("thumbnail", "u1", (THUMBNAIL_SIDE, THUMBNAIL_SIDE)),  # grey, for perceptual hashes
        ("colours", "u1", (COLOUR_SIDE, COLOUR_SIDE, 3)),  # means of parts of the picture
        ("sha256", "u1", SHA256_BYTES),  # of the file
    ]
)
"""One image's properties."""

Properties = NDArray[Any]


def measure(image: Image.Image, width: int, height: int, data: bytes) -> Properties:
    """The properties of an RGB image, which may be decoded at a reduced size, one row of `PROPERTIES`.

    width, height: the original size; data: the file.
    """
    if max(image.size) > MEASURED_SIDE:
        image = image.copy()
        image.thumbnail((MEASURED_SIDE, MEASURED_SIDE), Image.Resampling.BOX)
    grey = image.convert("L")
    brightness = np.percentile(_brightness(image), [DARK_PERCENTILE, LIGHT_PERCENTILE])
    edges, histogram = _measure_blur(grey)
    thumbnail = grey.resize((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.BILINEAR)
    colours = image.resize((COLOUR_SIDE, COLOUR_SIDE), Image.Resampling.BOX)
    digest = np.frombuffer(sha256(data).digest(), dtype=np.uint8)
    row = np.zeros((), dtype=PROPERTIES)
    row[()] = (width, height, *brightness, image.entropy(), edges, histogram, thumbnail, colours, digest)
    return row


def measure_pixels(pixels: NDArray[np.uint8]) -> Properties:
    """The properties of a decoded image [height, width, 3] whose file is not known."""
    height, width, _ = pixels.shape
    return measure(Image.fromarray(pixels), width, height, pixels.tobytes())


def _brightness(image: Image.Image) -> NDArray[np.float64]:
    """The perceived brightness of every pixel, 0..1 (Finley 2006)."""
    pixels = np.asarray(image, dtype=np.float64)
    return np.asarray(np.sqrt(pixels**2 @ BRIGHTNESS_WEIGHTS) / 255)


def _measure_blur(grey: Image.Image) -> tuple[float, float]:
    """Standard deviations of the edges and of the histogram, on at most `BLUR_SIDE` pixels."""
    if max(grey.size) > BLUR_SIDE:
        grey = grey.copy()
        grey.thumbnail((BLUR_SIDE, BLUR_SIDE), Image.Resampling.BICUBIC)
    edges = np.asarray(grey.filter(ImageFilter.FIND_EDGES), dtype=np.float64)
    return float(edges.std()), float(np.std(grey.histogram()))
