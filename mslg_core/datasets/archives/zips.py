"""Zip files as archives. Importable without torch."""

import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from mslg_core import errors
from mslg_core.datasets.archives.archive import (
    DATA_ERRORS,
    Archive,
    ArchiveEntry,
    ArchiveLimits,
    Meter,
    strip_current_dir,
)


class _ZipEntry(ArchiveEntry):
    def __init__(self, name: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo, meter: Meter) -> None:
        super().__init__(name)
        self._archive, self._info, self._meter = archive, info, meter

    def _open(self) -> BinaryIO:
        return self._archive.open(self._info)  # type: ignore[return-value]

    def _limit(self) -> int:
        return self._meter.limits.file_bytes

    def _count(self, num_bytes: int) -> None:
        self._meter.add_bytes(num_bytes)


class ZipArchive(Archive):
    """A zip file."""

    def __init__(self, path: Path, limits: ArchiveLimits) -> None:
        super().__init__(path, limits)
        try:
            self._zip = zipfile.ZipFile(path)
        except (*DATA_ERRORS, UnicodeDecodeError) as error:
            raise errors.DamagedArchiveError(f"The zip file is damaged or cut off: {error}.") from error

    def close(self) -> None:
        self._zip.close()

    def _entries(self, meter: Meter) -> Iterator[tuple[str, errors.EntryError | None, ArchiveEntry | None]]:
        for info in self._zip.infolist():
            meter.add_entry()
            if info.is_dir():
                continue
            name = strip_current_dir(_zip_name(info))
            yield name, _zip_problem(info), _ZipEntry(name, self._zip, info, meter)


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The stored name. Without the UTF-8 flag zipfile assumes code page 437, but macOS writes UTF-8 without
    the flag.
    """
    if info.flag_bits & 0x800 or info.orig_filename.isascii():
        return info.orig_filename
    return info.orig_filename.encode("cp437").decode("utf-8", "surrogateescape")


def _zip_problem(info: zipfile.ZipInfo) -> errors.EntryError | None:
    mode = info.external_attr >> 16
    if stat.S_ISLNK(mode):
        return errors.LinkError("Links are not followed: pack the file itself.")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return errors.NotAFileError("This is not a regular file.")
    if info.flag_bits & 0x1:
        return errors.NotAFileError("The file is encrypted: pack it without a password.")
    return None
