"""Image files that Pillow does not write."""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

# Channels to PNG's colour type.
COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG file."""
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))


def png16(values: NDArray[np.uint16]) -> bytes:
    """A PNG of 16 bits per channel, from values [height, width, channels]."""
    height, width, channels = values.shape
    header = struct.pack(">LLBBBBB", width, height, 16, COLOUR_TYPES[channels], 0, 0, 0)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)


def tiff16(values: NDArray[np.uint16], order: str) -> bytes:
    """An uncompressed TIFF of 16 bits per channel, from values [height, width, 3]; order: "<" or ">"."""
    height, width, channels = values.shape
    data = values.astype(f"{order}u2").tobytes()
    end = 8 + 2 + 12 * 10 + 4  # of the directory; the bits per channel follow, then the pixels
    tags = {256: width, 257: height, 258: end, 259: 1, 262: 2, 273: end + 2 * channels, 277: channels}
    tags |= {278: height, 279: len(data), 284: 1}
    entries = [struct.pack(f"{order}HHII", tag, 4, 1, value) for tag, value in tags.items()]
    entries[2] = struct.pack(f"{order}HHII", 258, 3, channels, end)
    head = {"<": b"II", ">": b"MM"}[order] + struct.pack(f"{order}HI", 42, 8)
    directory = struct.pack(f"{order}H", len(entries)) + b"".join(entries) + bytes(4)
    return head + directory + struct.pack(f"{order}{channels}H", *[16] * channels) + data
