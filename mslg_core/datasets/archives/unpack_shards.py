"""Finds the shards of a dataset in a folder or an archive. Importable without torch.

Parquet files cannot be read as a stream, and packed tar files not twice, so those of an archive are unpacked
into a temporary folder first.
"""

import mimetypes
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from mslg_core import errors
from mslg_core.datasets.archives.archive import Archive, ArchiveEntry, ArchiveLimits, Rejection
from mslg_core.datasets.archives.image_tables import ImageTables
from mslg_core.datasets.archives.paths import split_name
from mslg_core.datasets.archives.shards import Shard, is_shard_name, open_shard
from mslg_core.datasets.archives.tars import TarShards, is_tar_shard


def open_table(path: Path, name: str, limits: ArchiveLimits | None = None) -> ImageTables:
    """One Parquet or Arrow file; messages call it `name`. Raises `MetadataError`, `DuplicateIdError`."""
    return ImageTables(path, [open_shard(name, path)], limits)


def open_folder(folder: Path) -> Archive | None:
    """The shards of a folder and its subfolders, or None if there are none or the folder contains images.

    Links are not followed. Raises `MetadataError`, `DuplicateIdError`, `DamagedArchiveError`.
    """
    paths = [path for path in folder.rglob("*") if _is_inside(path, folder)]
    if any(is_image_file(path.name) for path in paths):
        return None
    files = [(path.relative_to(folder).as_posix(), path) for path in paths]
    return _open_shards(folder, files, ArchiveLimits())


def open_packed(archive: Archive, path: Path, limits: ArchiveLimits, *, has_images: bool) -> Archive:
    """The shards that `archive` contains, or the archive itself if it has no shards or contains images.

    Raises `MetadataError`, `DuplicateIdError`, `ArchiveBombError`, `DamagedArchiveError`.
    """
    if has_images:
        return archive
    with ExitStack() as stack:
        folder = tempfile.TemporaryDirectory(prefix="mslg-shards-")
        stack.callback(folder.cleanup)
        files = list(_unpack(archive, Path(folder.name)))
        opened = _open_shards(path, files, limits, on_close=folder.cleanup)
        if opened is not None:
            archive.close()
            stack.pop_all()
            return opened
    return archive


def is_image_file(name: str) -> bool:
    """Whether the name has the suffix of an image."""
    kind, _ = mimetypes.guess_type(name, strict=False)
    return kind is not None and kind.startswith("image/")


def _open_shards(
    path: Path,
    files: Sequence[tuple[str, Path]],
    limits: ArchiveLimits,
    on_close: Callable[[], None] = lambda: None,
) -> Archive | None:
    """The tables of images among `files`, (name, path) each, else the tar files; None without either."""
    shards = _open_all(file for file in files if _is_data(file[0]))
    if shards:
        return ImageTables(path, shards, limits, on_close)
    tars = [file for file in files if is_tar_shard(file[0])]
    return TarShards(path, tars, limits, on_close) if tars else None


def _open_all(files: Iterable[tuple[str, Path]]) -> list[Shard]:
    """The shards with images, sorted by name. A table without images may be one of labels: it is left out.

    Raises `MetadataError` for a damaged file, unless all others are tables without images.
    """
    shards: list[Shard] = []
    others, damaged = 0, list[errors.MetadataError]()
    for name, path in files:
        try:
            shards.append(open_shard(name, path))
        except errors.NoImageColumnError:
            others += 1
        except errors.MetadataError as error:
            damaged.append(error)
    if damaged and (shards or not others):
        raise damaged[0]
    return sorted(shards, key=lambda shard: shard.name)


def _is_data(name: str) -> bool:
    """Whether the name is that of a shard; `datasets` keeps intermediate results beside them."""
    return is_shard_name(name) and not split_name(name)[-1].startswith("cache-")


def _is_inside(path: Path, folder: Path) -> bool:
    return path.is_file() and path.resolve().is_relative_to(folder.resolve())


def _unpack(archive: Archive, folder: Path) -> Iterator[tuple[str, Path]]:
    for number, entry in enumerate(archive.entries()):
        if isinstance(entry, Rejection) or not (_is_data(entry.name) or is_tar_shard(entry.name)):
            continue
        target = folder / f"{number:06d}"
        _copy(entry, target)
        yield entry.name, target


def _copy(entry: ArchiveEntry, target: Path) -> None:
    with target.open("wb") as file:
        for chunk in entry.chunks():
            file.write(chunk)
