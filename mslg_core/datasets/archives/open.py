"""Opens untrusted files: zip and tar archives, and tables of images. Importable without torch.

The content determines the kind of file; its name is ignored. An archive of Parquet or Arrow files without
other images is a folder of shards.
"""

import zipfile
from contextlib import suppress
from pathlib import Path

from mslg_core import errors
from mslg_core.datasets.archives.archive import Archive, ArchiveEntry, ArchiveLimits
from mslg_core.datasets.archives.heads import (
    ARROW_STREAM,
    GZIP,
    HEAD_BYTES,
    NOT_AN_ARCHIVE,
    TABLES,
    ZIP,
    is_tar_header,
)
from mslg_core.datasets.archives.tars import TarArchive
from mslg_core.datasets.archives.unpack_shards import is_image_file, open_packed, open_table
from mslg_core.datasets.archives.zips import ZipArchive


def open_archive(
    path: Path, limits: ArchiveLimits | None = None, name_encoding: str | None = None
) -> Archive:
    """Open a zip, tar or tar.gz file, or a Parquet or Arrow file.

    name_encoding: of the names in a zip file that does not say it; by default it is guessed.

    Raises `NotAnArchiveError`, `DamagedArchiveError`, `ArchiveBombError`, `MetadataError`.
    """
    limits = limits or ArchiveLimits()
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(TABLES):
        return _open_table(path, limits)
    if head.startswith(ARROW_STREAM):
        with suppress(errors.MetadataError):
            return open_table(path, "The file", limits)
    archive = _open_packed_files(path, head, limits, name_encoding)
    try:
        return open_packed(archive, path, limits, has_images=_has_images(archive))
    except BaseException:
        archive.close()
        raise


def _open_table(path: Path, limits: ArchiveLimits) -> Archive:
    try:
        return open_table(path, "The file", limits)
    except errors.MetadataError as error:
        if type(error) is errors.MetadataError:  # the file itself, not what it says, cannot be read
            raise errors.DamagedArchiveError(str(error)) from error
        raise


def _open_packed_files(path: Path, head: bytes, limits: ArchiveLimits, name_encoding: str | None) -> Archive:
    if head.startswith(ZIP) or zipfile.is_zipfile(path):
        return ZipArchive(path, limits, name_encoding)
    if head.startswith(GZIP):
        return TarArchive(path, limits, gzipped=True)
    if is_tar_header(head):
        return TarArchive(path, limits, gzipped=False)
    raise errors.NotAnArchiveError(NOT_AN_ARCHIVE)


def _has_images(archive: Archive) -> bool:
    """Whether the archive contains images as files. Stops at the first."""
    return any(isinstance(entry, ArchiveEntry) and is_image_file(entry.name) for entry in archive.entries())
