"""The interface of all archives: limits, entries, rejections. Importable without torch.

Sizes are counted from the bytes actually unpacked; headers are not trusted. A bad entry becomes a `Rejection`
and reading continues; a bad archive raises `ArchiveError`.
"""

import sys
import tarfile
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from mslg_core import errors
from mslg_core.datasets.archives.metadata import NO_METADATA, Metadata
from mslg_core.datasets.archives.paths import check_name, is_junk, show_name, split_name

CHUNK = 1 << 16
# Archives that unpack to less are never bombs: blank images compress very well.
MIN_BOMB_BYTES = 256 << 20

DATA_ERRORS = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Limits on what an archive may unpack to. `ratio`: unpacked bytes per packed byte."""

    entries: int = 2_000_000
    total_bytes: int = 256 << 30
    ratio: float = 200.0
    file_bytes: int = 128 << 20


@dataclass(frozen=True, slots=True)
class Rejection:
    """One file or row that is left out. `file_name` is safe to display; `code` is that of an
    `InputError`.
    """

    file_name: str
    code: str
    reason: str

    @classmethod
    def of(cls, file_name: str, error: errors.InputError) -> Self:
        """The rejection of `file_name` because of `error`."""
        return cls(show_name(file_name), error.code, str(error))


class Meter:
    """Counts what one pass over an archive unpacks. Stops zip bombs: raises `ArchiveBombError`."""

    def __init__(self, limits: ArchiveLimits, packed_bytes: int) -> None:
        self.limits = limits
        self._max_bytes = min(limits.total_bytes, max(MIN_BOMB_BYTES, int(limits.ratio * packed_bytes)))
        self._bytes = 0
        self._entries = 0

    def add_entry(self) -> None:
        """Count one entry of any kind."""
        self._entries += 1
        if self._entries > self.limits.entries:
            raise errors.ArchiveBombError(f"The archive has more than {self.limits.entries:,} entries.")

    def add_bytes(self, num_bytes: int) -> None:
        """Count unpacked bytes."""
        self._bytes += num_bytes
        if self._bytes > self._max_bytes:
            raise errors.ArchiveBombError(
                f"The archive unpacks to more than {self._max_bytes:,} bytes, which is too much for its size."
            )


class ArchiveEntry(ABC):
    """One file of an archive, readable until the iteration continues.

    `name` is its path in the archive, without a leading "./".
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def read(self, max_bytes: int | None = None) -> bytes:
        """The whole file, at most `max_bytes` long (default: the limit per file).

        Raises `EntryTooLargeError`, `DamagedEntryError`, `ArchiveBombError`.
        """
        max_bytes = self._limit() if max_bytes is None else max_bytes
        buffer = bytearray()
        for chunk in self.chunks():
            buffer += chunk
            if len(buffer) > max_bytes:
                raise errors.EntryTooLargeError(f"The file is larger than {max_bytes:,} bytes.")
        return bytes(buffer)

    def chunks(self) -> Iterator[bytes]:
        """The file in parts, of any length. Raises `DamagedEntryError`, `ArchiveBombError`."""
        try:
            with self._open() as file:
                while chunk := file.read(CHUNK):
                    self._count(len(chunk))
                    yield chunk
        except (*DATA_ERRORS, RuntimeError) as error:  # zipfile raises RuntimeError for encrypted files
            raise errors.DamagedEntryError(f"The file cannot be unpacked: {error}.") from error

    @abstractmethod
    def _open(self) -> BinaryIO: ...

    @abstractmethod
    def _limit(self) -> int: ...

    @abstractmethod
    def _count(self, num_bytes: int) -> None: ...


class FileEntry(ArchiveEntry):
    """A file or table cell that is not compressed, so that its size needs neither counting nor a limit."""

    def __init__(self, name: str, open_file: Callable[[], BinaryIO]) -> None:
        super().__init__(name)
        self._open_file = open_file

    def _open(self) -> BinaryIO:
        return self._open_file()

    def _limit(self) -> int:
        return sys.maxsize

    def _count(self, num_bytes: int) -> None:
        """Nothing."""


class LabelledEntry(FileEntry):
    """An image that comes with its own label; None means that the label is missing."""

    def __init__(
        self,
        name: str,
        open_file: Callable[[], BinaryIO],
        label: str | None,
        external_id: str | None = None,
        metadata: Metadata = NO_METADATA,
    ) -> None:
        super().__init__(name, open_file)
        self.label, self.external_id, self.metadata = label, external_id, metadata


class Archive(ABC):
    """An archive on disk. Each call of `entries` is one pass over it."""

    def __init__(self, path: Path, limits: ArchiveLimits) -> None:
        self._path = path
        self._limits = limits
        self.notes: list[str] = []
        """What was guessed on opening, in sentences."""

    def entries(self) -> Iterator[ArchiveEntry | Rejection]:
        """Every file in the archive's order, without directories and system files.

        Raises `ArchiveBombError`, `DamagedArchiveError`.
        """
        meter = Meter(self._limits, self._packed_bytes())
        seen: set[tuple[str, ...]] = set()
        for name, error, entry in self._entries(meter):
            try:
                if is_junk(name):
                    continue
                check_name(name)
                if error is not None:
                    raise error
                if split_name(name) in seen:
                    raise errors.DuplicateEntryError(
                        "The archive contains this path twice; only the first file is used."
                    )
            except errors.EntryError as refused:
                yield Rejection.of(name, refused)
                continue
            seen.add(split_name(name))
            if entry is not None:
                yield entry

    def chosen(self, names: Container[str]) -> Iterator[ArchiveEntry]:
        """The files with these names, in the archive's order."""
        for entry in self.entries():
            if isinstance(entry, ArchiveEntry) and entry.name in names:
                yield entry

    def _packed_bytes(self) -> int:
        """The size against which the unpacked size is measured."""
        return self._path.stat().st_size

    @abstractmethod
    def _entries(self, meter: Meter) -> Iterator[tuple[str, errors.EntryError | None, ArchiveEntry | None]]:
        """(name, error if the file must be refused, entry) of every file."""

    @abstractmethod
    def close(self) -> None:
        """Close the file."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def strip_current_dir(name: str) -> str:
    """The path without a leading "./", which `tar -C folder .` writes."""
    while name.startswith("./"):
        name = name[2:]
    return name
