"""A zip file that is written image by image. Importable without torch."""

import json
import tempfile
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

# The same rows give the same bytes, so entries carry no time of their own.
_TIME = (1980, 1, 1, 0, 0, 0)
_SPOOLED_BYTES = 8 << 20
_READ_BYTES = 1 << 20


class ZipWriter:
    """Writes a zip. Images are stored as they are, since they are compressed already; text is deflated."""

    def __init__(self, file: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(file, "w")

    def add_image(self, name: str, data: bytes) -> None:
        """Add an encoded image."""
        self._zip.writestr(_entry(name, zipfile.ZIP_STORED), data)

    def add_text(self, name: str, text: str) -> None:
        """Add a short text file."""
        self._zip.writestr(_entry(name, zipfile.ZIP_DEFLATED), text.encode())

    def add_spool(self, name: str, spool: "Spool", head: str = "") -> None:
        """Add text that was collected on the way, after a head, and delete it."""
        with self._zip.open(_entry(name, zipfile.ZIP_DEFLATED), "w", force_zip64=True) as file:
            file.write(head.encode())
            for chunk in spool.drain():
                file.write(chunk)

    def close(self) -> None:
        """Write the directory of the zip."""
        self._zip.close()


class Spool:
    """Text that is collected while images are written, and too large for memory."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(_SPOOLED_BYTES)  # noqa: SIM115 - closed by `drain`
        self._is_first = True

    def write(self, text: str) -> None:
        """Append text."""
        self._file.write(text.encode())

    def write_item(self, text: str) -> None:
        """Append an item of a JSON list or object, with the comma that separates it from the last."""
        self.write(text if self._is_first else ",\n" + text)
        self._is_first = False

    def write_line(self, value: object) -> None:
        """Append a line of JSON."""
        self.write(to_json(value) + "\n")

    def drain(self) -> Iterator[bytes]:
        """All bytes, in chunks. The text is gone afterwards."""
        with self._file as file:
            file.seek(0)
            while chunk := file.read(_READ_BYTES):
                yield chunk


def to_json(value: object) -> str:
    """Compact JSON that keeps letters of all scripts."""
    return json.dumps(value, ensure_ascii=False)


def _entry(name: str, compression: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _TIME)
    entry.compress_type = compression
    entry.external_attr = 0o644 << 16
    return entry
