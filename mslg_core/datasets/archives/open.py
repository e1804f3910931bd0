"""Opens untrusted files: zip and tar archives, and tables of images. Importable without torch.

The content determines the kind of file; its name is ignored. An archive of Parquet or Arrow files without
other images is a folder of shards.
"""

import tarfile
import zipfile
from contextlib import suppress
from pathlib import Path

from mslg_core import errors
from mslg_core.datasets.archives.archive import Archive, ArchiveEntry, ArchiveLimits
from mslg_core.datasets.archives.shards import ARROW_STREAM, is_table_of_rows
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
        head = file.read(512)
    if not head:
        raise errors.NotAnArchiveError("The file is empty.")
    if is_table_of_rows(head):
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
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06") or zipfile.is_zipfile(path):
        return ZipArchive(path, limits, name_encoding)
    if head[:2] == b"\x1f\x8b":
        return TarArchive(path, limits, gzipped=True)
    if _is_tar_header(head):
        return TarArchive(path, limits, gzipped=False)
    raise errors.NotAnArchiveError(
        "The file is not an archive: upload a .zip, .tar, .tar.gz, .parquet or .arrow file."
    )


def _has_images(archive: Archive) -> bool:
    """Whether the archive contains images as files. Stops at the first."""
    return any(isinstance(entry, ArchiveEntry) and is_image_file(entry.name) for entry in archive.entries())


def _is_tar_header(head: bytes) -> bool:
    if len(head) < 512:
        return False
    try:
        tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return not any(head)  # an empty tar file is all zeros
    return True
