"""What every kind of archive has in common: limits, members, rejections. Importable without torch.

Sizes are counted from the bytes that really come out; what headers promise is never believed. A bad member
is a `Rejection` and reading goes on; a bad archive raises `ArchiveError`.
"""

import sys
import tarfile
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from mslg_core import errors
from mslg_core.datasets.archives.paths import check_name, is_junk, show_name, split_name

CHUNK = 1 << 16
# Below this size no archive is worth calling a bomb: a folder of blank images packs very well.
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
    """How much an archive may unpack to."""

    entries: int = 2_000_000
    total_bytes: int = 256 << 30
    ratio: float = 200.0
    file_bytes: int = 128 << 20


@dataclass(frozen=True, slots=True)
class Rejection:
    """One file or row that is left out. `file_name` is made safe to show; `code` is that of an
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
    """Counts what one pass over an archive has unpacked. Raises `ArchiveBombError`."""

    def __init__(self, limits: ArchiveLimits, packed_bytes: int) -> None:
        self.limits = limits
        self._most = min(limits.total_bytes, max(MIN_BOMB_BYTES, int(limits.ratio * packed_bytes)))
        self._bytes = 0
        self._entries = 0

    def entry(self) -> None:
        """One more entry, whatever its kind."""
        self._entries += 1
        if self._entries > self.limits.entries:
            raise errors.ArchiveBombError(f"The archive has more than {self.limits.entries:,} entries.")

    def add(self, num_bytes: int) -> None:
        """More unpacked bytes."""
        self._bytes += num_bytes
        if self._bytes > self._most:
            raise errors.ArchiveBombError(
                f"The archive unpacks to more than {self._most:,} bytes, which is not plausible for its size."
            )


class ArchiveEntry(ABC):
    """One file of an archive, readable until the next one is asked for.

    `name` is its path as it stands in the archive, without a leading "./".
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def read(self, most: int | None = None) -> bytes:
        """The whole file, at most `most` bytes (default: the limit per file).

        Raises `EntryTooLargeError`, `DamagedEntryError`, `ArchiveBombError`.
        """
        most = self._limit() if most is None else most
        buffer = bytearray()
        try:
            with self._open() as file:
                while chunk := file.read(CHUNK):
                    self._count(len(chunk))
                    buffer += chunk
                    if len(buffer) > most:
                        raise errors.EntryTooLargeError(f"The file is larger than {most:,} bytes.")
        except (*DATA_ERRORS, RuntimeError) as error:  # zipfile raises RuntimeError for encrypted members
            raise errors.DamagedEntryError(f"The file cannot be unpacked: {error}.") from error
        return bytes(buffer)

    @abstractmethod
    def _open(self) -> BinaryIO: ...

    @abstractmethod
    def _limit(self) -> int: ...

    @abstractmethod
    def _count(self, num_bytes: int) -> None: ...


class FileEntry(ArchiveEntry):
    """A file, or a cell of a table, that is not packed: there is nothing to count, and no limit but its own
    size.
    """

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
    """An image that comes with its own label, which None says is missing."""

    def __init__(
        self, name: str, open_file: Callable[[], BinaryIO], label: str | None, external_id: str | None = None
    ) -> None:
        super().__init__(name, open_file)
        self.label, self.external_id = label, external_id


class Archive(ABC):
    """An archive on disk. `members` may be called again and again; each call is one pass."""

    def __init__(self, path: Path, limits: ArchiveLimits) -> None:
        self._path = path
        self._limits = limits

    def entries(self) -> Iterator[ArchiveEntry | Rejection]:
        """Every file in the archive's order; directories and system files are passed over.

        Raises `ArchiveBombError`, `DamagedArchiveError`.
        """
        meter = Meter(self._limits, self._path.stat().st_size)
        seen: set[tuple[str, ...]] = set()
        for name, error, entry in self._entries(meter):
            try:
                if is_junk(name):
                    continue
                check_name(name)
                if error is not None:
                    raise error
                if split_name(name) in seen:
                    raise errors.DuplicateEntryError("The archive holds this path twice; the first is taken.")
            except errors.EntryError as refused:
                yield Rejection.of(name, refused)
                continue
            seen.add(split_name(name))
            if entry is not None:
                yield entry

    @abstractmethod
    def _entries(self, meter: Meter) -> Iterator[tuple[str, errors.EntryError | None, ArchiveEntry | None]]:
        """(name, what is wrong with it, the member) of every entry that is no directory."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the file."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def strip_here(name: str) -> str:
    """The path without leading "./", which `tar -C folder .` writes before every name."""
    while name.startswith("./"):
        name = name[2:]
    return name
