"""Read zip and tar archives that nobody has vetted, one member at a time. Importable without torch.

The kind of archive is told from its content, never from its name.
"""

import tarfile
import zipfile
from pathlib import Path

from mslg_core import errors
from mslg_core.datasets.archives.archive import Archive, ArchiveLimits
from mslg_core.datasets.archives.tars import TarArchive
from mslg_core.datasets.archives.zips import ZipArchive


def open_archive(path: Path, limits: ArchiveLimits | None = None) -> Archive:
    """Open a zip, tar or tar.gz file. Raises `NotAnArchiveError`, `DamagedArchiveError`,
    `ArchiveBombError`.
    """
    limits = limits or ArchiveLimits()
    with path.open("rb") as file:
        head = file.read(512)
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06") or zipfile.is_zipfile(path):
        return ZipArchive(path, limits)
    if head[:2] == b"\x1f\x8b":
        return TarArchive(path, limits, gzipped=True)
    if _is_tar_header(head):
        return TarArchive(path, limits, gzipped=False)
    raise errors.NotAnArchiveError("The file is no archive: upload a .zip, .tar or .tar.gz file.")


def _is_tar_header(head: bytes) -> bool:
    if len(head) < 512:
        return False
    try:
        tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return not any(head)  # an empty tar file is all zeros
    return True
