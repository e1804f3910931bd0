"""Reads JPEG files that lack only their end. Importable without torch.

Cameras and copy programs leave files without the marker that ends a JPEG, two bytes. All pixels are there,
but Pillow refuses the file, as it refuses one that is cut in half.
"""

import io

import numpy as np
from PIL import Image, ImageFile

START, END = b"\xff\xd8\xff", b"\xff\xd9"
# What cameras write behind the end is no longer than this, or else the file is inspected in vain.
TRAILER = 64
# Would be read as pixels if any were missing.
FILLER = b"\x55" * 64


def lacks_end(data: bytes) -> bool:
    """Whether the file is a JPEG whose last bytes are not those that end one."""
    return data.startswith(START) and END not in data[-TRAILER:]


def mend(data: bytes, draft: int | None = None) -> ImageFile.ImageFile | None:
    """The decoded JPEG if only its end is missing, else None.

    If all pixels are there, what stands between them and the end is ignored. So two ways to fill the gap give
    the same picture. draft: allows a reduced size of at least `draft`.
    """
    cut = data.removesuffix(END[:1])
    try:
        mended, filled = _decode(cut + END, draft), _decode(cut + FILLER + END, draft)
    except Exception:  # Pillow raises any exception
        return None
    return mended if np.array_equal(np.asarray(mended), np.asarray(filled)) else None


def _decode(data: bytes, draft: int | None) -> ImageFile.ImageFile:
    image = Image.open(io.BytesIO(data), formats=("JPEG",))
    if draft:
        image.draft("RGB", (draft, draft))
    image.load()
    return image
