"""Opens untrusted zip and tar archives. Importable without torch.

The content determines the kind of archive; the file name is ignored.
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
    raise errors.NotAnArchiveError("The file is not an archive: upload a .zip, .tar or .tar.gz file.")


def _is_tar_header(head: bytes) -> bool:
    if len(head) < 512:
        return False
    try:
        tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return not any(head)  # an empty tar file is all zeros
    return True
