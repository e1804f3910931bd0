"""Opens the images on a local path as an `Archive`. Importable without torch."""

from pathlib import Path

from mslg_core.datasets.archives.archive import Archive
from mslg_core.datasets.archives.folders import FolderArchive
from mslg_core.datasets.archives.open import open_archive
from mslg_core.datasets.archives.parquet import ParquetImages
from mslg_core.datasets.cifar import CifarFolder, is_cifar


def open_dataset(path: Path) -> Archive:
    """Open a folder, an unpacked CIFAR, a Parquet file (`.parquet`), or a zip or tar archive.

    Raises `MetadataError`, `LayoutError`, `NotAnArchiveError`, `DamagedArchiveError`, `ArchiveBombError`.
    """
    if path.is_dir():
        return CifarFolder(path) if is_cifar(path) else FolderArchive(path)
    if path.suffix.lower() == ".parquet":
        return ParquetImages(path)
    return open_archive(path)
