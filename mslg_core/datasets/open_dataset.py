"""Opens the images on a local path as an `Archive`. Importable without torch."""

from pathlib import Path

from mslg_core.datasets.archives.archive import Archive
from mslg_core.datasets.archives.folders import FolderArchive
from mslg_core.datasets.archives.open import open_archive
from mslg_core.datasets.archives.unpack_shards import open_folder, open_table
from mslg_core.datasets.cifar import CifarFolder, is_cifar


def open_dataset(path: Path, name_encoding: str | None = None) -> Archive:
    """Open a folder of images or of Parquet or Arrow files, such as `save_to_disk` of Hugging Face's
    `datasets` writes, an unpacked CIFAR, a Parquet or Arrow file, or a zip or tar archive.

    name_encoding: see `open_archive`.

    Raises `MetadataError`, `LayoutError`, `NotAnArchiveError`, `DamagedArchiveError`, `ArchiveBombError`.
    """
    if path.is_dir():
        return CifarFolder(path) if is_cifar(path) else open_folder(path) or FolderArchive(path)
    if path.suffix.lower() in {".parquet", ".arrow"}:
        return open_table(path, path.name)
    return open_archive(path, name_encoding=name_encoding)
