"""Archives of small images, as bytes."""

import io
import struct
import tarfile
import zipfile
import zlib

from tests.factories import make_image

Files = dict[str, bytes]
"""File contents by name."""

GOOD: Files = {f"{label}/{i}.png": make_image(i) for i, label in enumerate(["cat", "dog", "cat", "dog"])}


def pack(files: Files) -> bytes:
    """A zip of the files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def pack_tar(files: Files, mode: str) -> bytes:
    """A tar of the files; `mode` is `tarfile`'s, such as `w:gz`."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def huge_png() -> bytes:
    """A PNG of a few hundred bytes that claims 40,000 x 40,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )
