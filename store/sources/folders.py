"""Folders of the server as sources.

Only folders below the roots that `MSLG_SOURCE_FOLDERS` allows are read, and no link below a root is followed:
each part of a path is opened by itself, so that nobody can swap it for a link in between.
"""

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from store.sources.errors import ImageMissingError, SourceAddressError, SourceUnavailableError
from store.sources.files import SourceFile

SCHEME = "folder:"
READ_BYTES = 1 << 20
MAX_LISTED = 1000


class Subfolder(NamedTuple):
    """A folder to choose. path: relative to its root."""

    name: str
    path: str


class FolderFiles:
    """All files below the folder `parts` of a root. address: what messages call it."""

    def __init__(self, root: Path, parts: tuple[str, ...], address: str) -> None:
        self.path = root.joinpath(*parts)
        self._root, self._parts, self._address = root, parts, address

    def list_files(self) -> Iterator[SourceFile]:
        """See `SourceFiles`. Folders of folders come after the files of a folder, both by name."""
        self.require()
        yield from self._list(())

    def read(self, path: str, max_bytes: int | None = None) -> bytes:
        """See `SourceFiles`."""
        self.require()
        parts = path.split("/")
        if ".." in parts:
            raise ImageMissingError(path)
        try:
            with _opened(self._root, (*self._parts, *parts)) as number:
                if not stat.S_ISREG(os.fstat(number).st_mode):
                    raise ImageMissingError(path)
                return _read(number, max_bytes)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise ImageMissingError(path) from error
        except OSError as error:
            raise ImageMissingError(path) if _is_link(error) else self._unavailable(error) from error

    def sign(self, _path: str) -> None:
        """See `SourceFiles`. Browsers do not see the server's folders."""
        return

    def require(self) -> None:
        """Raise `SourceUnavailableError` unless the folder is there."""
        try:
            with _opened(self._root, self._parts, os.O_DIRECTORY):
                pass
        except OSError as error:
            raise self._unavailable(error) from error

    def subfolders(self) -> list[Subfolder]:
        """The folders directly in this one, by name, without hidden ones and links; at most 1,000."""
        self.require()
        names = sorted(entry.name for entry in os.scandir(self.path) if _is_shown(entry))
        return [Subfolder(name, "/".join((*self._parts, name))) for name in names[:MAX_LISTED]]

    def _list(self, parts: tuple[str, ...]) -> Iterator[SourceFile]:
        folders: list[str] = []
        with _opened(self._root, (*self._parts, *parts), os.O_DIRECTORY) as number:
            for entry in sorted(os.scandir(number), key=lambda entry: entry.name):
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                else:
                    yield _describe(entry, parts)
        for name in folders:
            yield from self._list((*parts, name))

    def _unavailable(self, error: OSError) -> SourceUnavailableError:
        reason = {
            FileNotFoundError: "the folder does not exist",
            PermissionError: "the service has no permission to read it",
        }.get(type(error), "it is no folder, or a link")
        return SourceUnavailableError(self._address, reason)


def open_folder(roots: Mapping[str, Path], address: str) -> FolderFiles:
    """The folder at `folder:ROOT/SUBFOLDER`. Raises `SourceAddressError` if no root allows it."""
    name, _, path = address.removeprefix(SCHEME).partition("/")
    if name not in roots:
        known = ", ".join(roots) or "none"
        raise SourceAddressError(
            f"The service may not read a folder {name!r} (it may read: {known}): an administrator allows "
            "folders with MSLG_SOURCE_FOLDERS."
        )
    parts = tuple(part for part in path.split("/") if part)
    if any(part in {".", ".."} or "\0" in part for part in parts):
        raise SourceAddressError(f"{address} leaves its folder: name a folder below {name}.")
    return FolderFiles(roots[name], parts, address)


@contextmanager
def _opened(root: Path, parts: tuple[str, ...], flags: int = 0) -> Iterator[int]:
    """A descriptor of the file or folder `parts` below `root`, reached without following a link."""
    number = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for index, part in enumerate(parts):
            is_last = index == len(parts) - 1
            wanted = flags if is_last else os.O_DIRECTORY
            following = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | wanted, dir_fd=number)
            os.close(number)
            number = following
        yield number
    finally:
        os.close(number)


def _read(number: int, max_bytes: int | None) -> bytes:
    data = bytearray()
    while chunk := os.read(number, READ_BYTES):
        data += chunk
        if max_bytes is not None and len(data) >= max_bytes:
            return bytes(data[:max_bytes])
    return bytes(data)


def _describe(entry: "os.DirEntry[str]", parts: tuple[str, ...]) -> SourceFile:
    found = entry.stat(follow_symlinks=False)
    path = "/".join((*parts, entry.name))
    return SourceFile(path, found.st_size, str(found.st_mtime_ns), stat.S_ISREG(found.st_mode))


def _is_shown(entry: "os.DirEntry[str]") -> bool:
    return entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".") and _is_text(entry.name)


def _is_text(name: str) -> bool:
    """Whether the name is UTF-8, so that it can be sent."""
    return not any("\ud800" <= character <= "\udfff" for character in name)


def _is_link(error: OSError) -> bool:
    return error.errno == errno.ELOOP
