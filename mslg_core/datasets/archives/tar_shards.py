"""Several tar files as one archive, such as the shards of a WebDataset. Importable without torch."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from mslg_core import errors
from mslg_core.datasets.archives.archive import Archive, ArchiveEntry, ArchiveLimits, Meter
from mslg_core.datasets.archives.heads import GZIP
from mslg_core.datasets.archives.paths import split_name
from mslg_core.datasets.archives.tars import TarArchive

SUFFIXES = (".tar", ".tar.gz", ".tgz")


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
        self._shards = [(_stem(name), _open(path, self._limits)) for name, path in sorted(shards)]
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
    return name.lower().endswith(SUFFIXES)


def _stem(name: str) -> str:
    path = PurePosixPath(name)
    return str(path.with_name(path.name.partition(".")[0] or "shard"))


def _open(path: Path, limits: ArchiveLimits) -> TarArchive:
    with path.open("rb") as file:
        return TarArchive(path, limits, gzipped=file.read(len(GZIP)) == GZIP)
