"""Tar files as archives, one or several. Importable without torch."""

import gzip
import io
import tarfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from mslg_core import errors
from mslg_core.datasets.archives.archive import (
    CHUNK,
    DATA_ERRORS,
    Archive,
    ArchiveEntry,
    ArchiveLimits,
    Meter,
    strip_current_dir,
)
from mslg_core.datasets.archives.heads import GZIP
from mslg_core.datasets.archives.paths import split_name

TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz")
# tarfile reads long names and pax records in one call, of a length that the header claims.
MAX_TAR_HEADER = 1 << 20


class _TarEntry(ArchiveEntry):
    def __init__(self, name: str, archive: tarfile.TarFile, info: tarfile.TarInfo, meter: Meter) -> None:
        super().__init__(name)
        self._archive, self._info, self._meter = archive, info, meter

    def _open(self) -> BinaryIO:
        file = self._archive.extractfile(self._info)
        if file is None:
            raise errors.NotAFileError("This is not a regular file.")
        return file  # type: ignore[return-value]

    def _limit(self) -> int:
        return self._meter.limits.file_bytes

    def _count(self, num_bytes: int) -> None:
        """Nothing: `_ForwardReader` counts all bytes, those of skipped files included."""


class TarArchive(Archive):
    """A tar file, gzipped or not. Each pass reads forward only."""

    def __init__(self, path: Path, limits: ArchiveLimits, *, gzipped: bool) -> None:
        super().__init__(path, limits)
        self._gzipped = gzipped
        with self._open(Meter(limits, path.stat().st_size)):
            pass

    def close(self) -> None:
        """Every pass opens and closes the file itself."""

    def _open(self, meter: Meter) -> tarfile.TarFile:
        raw: BinaryIO = gzip.open(self._path) if self._gzipped else self._path.open("rb")  # type: ignore[assignment] # noqa: SIM115
        reader = _ForwardReader(raw, meter)
        try:
            return _ClosingTarFile(fileobj=reader, mode="r", encoding="utf-8", errors="surrogateescape")
        except tarfile.ReadError as error:
            reader.close()
            if self._gzipped:
                raise errors.NotAnArchiveError("The gzip file does not hold a tar archive.") from error
            raise errors.DamagedArchiveError(f"The tar file is damaged: {error}.") from error
        except DATA_ERRORS as error:
            reader.close()
            raise errors.DamagedArchiveError(f"The tar file is damaged or cut off: {error}.") from error

    def _entries(self, meter: Meter) -> Iterator[tuple[str, errors.EntryError | None, ArchiveEntry | None]]:
        with self._open(meter) as archive:
            while True:
                try:
                    info = archive.next()
                except DATA_ERRORS as error:
                    raise errors.DamagedArchiveError(
                        f"The tar file is damaged or cut off: {error}."
                    ) from error
                if info is None:
                    return
                # tarfile keeps every header in memory; a forward pass does not need them
                archive.members = []  # type: ignore[attr-defined]
                meter.add_entry()
                if not info.isdir():
                    name = strip_current_dir(info.name)
                    yield name, _tar_problem(info), _TarEntry(name, archive, info, meter)


class _ClosingTarFile(tarfile.TarFile):
    """Also closes the underlying file."""

    def close(self) -> None:
        super().close()
        if self.fileobj is not None:
            self.fileobj.close()


def _tar_problem(info: tarfile.TarInfo) -> errors.EntryError | None:
    if info.issym() or info.islnk():
        return errors.LinkError("Links are not followed: pack the file itself.")
    if not info.isfile() or info.issparse():
        return errors.NotAFileError("This is not a regular file.")
    return None


class _ForwardReader(io.RawIOBase):
    """Counts every byte read from `raw`. Seeks forward only, by reading, so that skipped bytes count too."""

    def __init__(self, raw: BinaryIO, meter: Meter) -> None:
        super().__init__()
        self._raw, self._meter, self._position = raw, meter, 0

    def read(self, size: int = -1, /) -> bytes:
        if not 0 <= size <= MAX_TAR_HEADER:
            raise errors.ArchiveBombError("A header of the archive claims an implausible length.")
        data = self._raw.read(size)
        self._meter.add_bytes(len(data))
        self._position += len(data)
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if whence != io.SEEK_SET or offset < self._position:
            raise OSError("a pass reads forward only")
        while self._position < offset and self.read(min(CHUNK, offset - self._position)):
            pass
        return self._position

    def tell(self) -> int:
        return self._position

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._raw.close()
        super().close()


class TarShards(Archive):
    """The files of all shards, in the order of the shards' names.

    A file whose name an earlier shard has, too, gets the name of its shard in front, without the suffix.

    Args: path, which the shards were found in; shards, as (name, path); limits; on_close: what to do at the
    end, such as to delete unpacked files. Raises `DamagedArchiveError`.
    """

    def __init__(
        self,
        path: Path,
        shards: Sequence[tuple[str, Path]],
        limits: ArchiveLimits | None = None,
        on_close: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(path, limits or ArchiveLimits())
        self._paths = [path for _, path in shards]
        self._shards = [(_stem(name), _open_shard(path, self._limits)) for name, path in sorted(shards)]
        self._on_close = on_close

    def close(self) -> None:
        """Every pass opens and closes its files itself."""
        self._on_close()

    def _packed_bytes(self) -> int:
        return sum(path.stat().st_size for path in self._paths)

    def _entries(self, meter: Meter) -> Iterator[tuple[str, errors.EntryError | None, ArchiveEntry | None]]:
        taken: set[tuple[str, ...]] = set()
        for stem, shard in self._shards:
            own: set[tuple[str, ...]] = set()
            for name, error, entry in shard._entries(meter):
                shown = f"{stem}/{name}" if split_name(name) in taken else name
                own.add(split_name(name))
                if entry is not None:
                    entry.name = shown
                yield shown, error, entry
            taken |= own


def is_tar_shard(name: str) -> bool:
    """Whether the name is that of a tar file."""
    return name.lower().endswith(TAR_SUFFIXES)


def _stem(name: str) -> str:
    path = PurePosixPath(name)
    return str(path.with_name(path.name.partition(".")[0] or "shard"))


def _open_shard(path: Path, limits: ArchiveLimits) -> TarArchive:
    with path.open("rb") as file:
        return TarArchive(path, limits, gzipped=file.read(len(GZIP)) == GZIP)
