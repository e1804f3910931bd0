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
from mslg_core.datasets.archives.paths import show_name
from mslg_core.datasets.archives.zip_names import (
    describe_guess,
    guess_encoding,
    is_marked,
    raw_name,
    unicode_name,
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
    """A zip file.

    name_encoding: how names are encoded that are not marked as UTF-8; by default it is guessed, and the guess
    is among the `notes`.
    """

    def __init__(self, path: Path, limits: ArchiveLimits, name_encoding: str | None = None) -> None:
        super().__init__(path, limits)
        try:
            self._zip = zipfile.ZipFile(path)
        except (*DATA_ERRORS, UnicodeDecodeError) as error:
            raise errors.DamagedArchiveError(f"The zip file is damaged or cut off: {error}.") from error
        self._encoding = name_encoding or self._guess_encoding()

    def _guess_encoding(self) -> str:
        unmarked = [info for info in self._zip.infolist() if not (is_marked(info) or unicode_name(info))]
        encoding = guess_encoding([raw_name(info) for info in unmarked])
        if unmarked and encoding != "utf-8":
            names = [show_name(raw_name(info).decode(encoding, "surrogateescape")) for info in unmarked]
            self.notes.append(describe_guess(encoding, names))
        return encoding

    def _name(self, info: zipfile.ZipInfo) -> str:
        if is_marked(info):
            return info.orig_filename
        return unicode_name(info) or raw_name(info).decode(self._encoding, "surrogateescape")

    def close(self) -> None:
        self._zip.close()

    def _entries(self, meter: Meter) -> Iterator[tuple[str, errors.EntryError | None, ArchiveEntry | None]]:
        for info in self._zip.infolist():
            meter.add_entry()
            if info.is_dir():
                continue
            name = strip_current_dir(self._name(info))
            yield name, _zip_problem(info), _ZipEntry(name, self._zip, info, meter)


def _zip_problem(info: zipfile.ZipInfo) -> errors.EntryError | None:
    mode = info.external_attr >> 16
    if stat.S_ISLNK(mode):
        return errors.LinkError("Links are not followed: pack the file itself.")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return errors.NotAFileError("This is not a regular file.")
    if info.flag_bits & 0x1:
        return errors.NotAFileError("The file is encrypted: pack it without a password.")
    return None
