"""A folder read like an archive. Importable without torch."""

import os
from collections.abc import Iterator
from functools import partial
from io import FileIO
from pathlib import Path

from mslg_core import errors
from mslg_core.datasets.archives.archive import Archive, ArchiveEntry, ArchiveLimits, FileEntry, Meter


class FolderArchive(Archive):
    """Everything below a folder, in the order of the names; links are refused, since they may lead out."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, ArchiveLimits())

    def close(self) -> None:
        """Nothing is open between two reads."""

    def _entries(self, _meter: Meter) -> Iterator[tuple[str, errors.EntryError | None, ArchiveEntry | None]]:
        for folder, folders, names in os.walk(self._path):
            folders.sort()
            for name in sorted(names):
                path = Path(folder) / name
                shown = path.relative_to(self._path).as_posix()
                yield shown, _problem(path), FileEntry(shown, partial(FileIO, path))


def _problem(path: Path) -> errors.EntryError | None:
    if path.is_symlink():
        return errors.LinkError("Links are not followed; put the file itself there.")
    if not path.is_file():
        return errors.NotAFileError("This is no plain file.")
    return None
