"""What an upload sends: a file, or a folder as a tar archive that is written while it is sent.

Both have a size that is known beforehand, and are read from any offset, so that an upload can be continued.
"""

import os
import tarfile
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from mslg_client.errors import MslgError

READ_BYTES = 1024 * 1024
END = bytes(2 * tarfile.BLOCKSIZE)
"""What closes a tar archive."""


class Source(Protocol):
    """Bytes of a known number, read from any offset."""

    name: str
    size: int

    def read(self, offset: int, length: int) -> Iterator[bytes]:
        """`length` bytes from `offset` on. Raises `MslgError` if a file became shorter since."""
        ...


def open_source(path: str | Path) -> Source:
    """A file as it is, or a folder as a tar archive. Raises `MslgError` if there is neither."""
    path = Path(path)
    if path.is_dir():
        return FolderSource(path)
    if path.is_file():
        return FileSource(path, path.stat().st_size)
    raise MslgError(f"{path} does not exist: name an archive, a Parquet file or a folder of images.")


class FileSource:
    """A file of `size` bytes."""

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self.name = path.name
        self.size = size

    def read(self, offset: int, length: int) -> Iterator[bytes]:
        """See `Source`."""
        with self._path.open("rb") as file:
            file.seek(offset)
            while length:
                chunk = file.read(min(READ_BYTES, length))
                if not chunk:
                    raise MslgError(f"{self._path} changed during the upload. Start the upload again.")
                length -= len(chunk)
                yield chunk


class Entry(NamedTuple):
    """A file in the archive. `start` is the offset of its header."""

    start: int
    path: Path
    name: str
    size: int

    def pieces(self) -> tuple[bytes, FileSource, bytes]:
        """Header, content and padding."""
        padding = bytes(-self.size % tarfile.BLOCKSIZE)
        return _header(self.name, self.size), FileSource(self.path, self.size), padding


class FolderSource:
    """A folder as a tar archive. Equal files give equal bytes: the archive has no times and no owners.

    Hidden files are left out. Links to files are followed, links to folders are not.
    """

    def __init__(self, folder: Path) -> None:
        self.name = f"{folder.resolve().name}.tar"
        self._entries: list[Entry] = []
        offset = 0
        for path in _list_files(folder):
            size, name = path.stat().st_size, path.relative_to(folder).as_posix()
            self._entries.append(Entry(offset, path, name, size))
            offset += len(_header(name, size)) + size + -size % tarfile.BLOCKSIZE
        if not self._entries:
            raise MslgError(f"{folder} has no files.")
        self._end = offset
        self.size = offset + len(END)

    def read(self, offset: int, length: int) -> Iterator[bytes]:
        """See `Source`."""
        last = offset + length
        number = bisect_right(self._entries, offset, key=lambda entry: entry.start) - 1
        for entry in self._entries[number:]:
            if entry.start >= last:
                return
            yield from _part(entry.pieces(), offset - entry.start, last - entry.start)
        yield from _part((END,), offset - self._end, last - self._end)


def _list_files(folder: Path) -> Iterator[Path]:
    """The files below a folder, in a fixed order."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (Path(parent, name) for name in sorted(names) if not name.startswith("."))
        yield from (path for path in paths if path.is_file())


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size = size
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def _part(pieces: Sequence[bytes | FileSource], first: int, last: int) -> Iterator[bytes]:
    """The bytes from `first` to before `last` of the pieces one after another."""
    for piece in pieces:
        size = len(piece) if isinstance(piece, bytes) else piece.size
        begin, end = max(0, first), min(size, last)
        if begin < end:
            yield from [piece[begin:end]] if isinstance(piece, bytes) else piece.read(begin, end - begin)
        first, last = first - size, last - size
