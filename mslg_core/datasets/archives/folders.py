"""Folders as archives. Importable without torch."""

import os
from collections.abc import Iterator
from functools import partial
from io import FileIO
from pathlib import Path

from mslg_core import errors
from mslg_core.datasets.archives.archive import Archive, ArchiveEntry, ArchiveLimits, FileEntry, Meter


class FolderArchive(Archive):
    """All files below a folder, sorted by name. Links are refused, because they may point outside."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, ArchiveLimits())

    def close(self) -> None:
        """No file stays open between reads."""

    def _entries(self, _meter: Meter) -> Iterator[tuple[str, errors.EntryError | None, ArchiveEntry | None]]:
        for folder, folders, names in os.walk(self._path):
            folders.sort()
            for name in sorted(names):
                path = Path(folder) / name
                shown = path.relative_to(self._path).as_posix()
                yield shown, _problem(path), FileEntry(shown, partial(FileIO, path))


def _problem(path: Path) -> errors.EntryError | None:
    if path.is_symlink():
        return errors.LinkError("Links are not followed: replace the link with the file.")
    if not path.is_file():
        return errors.NotAFileError("This is not a regular file.")
    return None
