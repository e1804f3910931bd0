"""Open whatever holds images on this machine. Importable without torch."""

from pathlib import Path

from mslg_core.datasets.archives.archive import Archive
from mslg_core.datasets.archives.folders import FolderArchive
from mslg_core.datasets.archives.open import open_archive
from mslg_core.datasets.archives.parquet import ImageTable
from mslg_core.datasets.cifar import CifarFolder, is_cifar


def open_dataset(path: Path) -> Archive:
    """A folder, CIFAR as it was unpacked, a Parquet file (`.parquet`), or a zip or tar archive.

    Raises `MetadataError`, `LayoutError`, `NotAnArchiveError`, `DamagedArchiveError`, `ArchiveBombError`.
    """
    if path.is_dir():
        return CifarFolder(path) if is_cifar(path) else FolderArchive(path)
    if path.suffix.lower() == ".parquet":
        return ImageTable(path)
    return open_archive(path)
