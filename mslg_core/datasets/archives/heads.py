"""How files that can be read begin. Standard library only, so that an upload is judged by its first bytes."""

import tarfile

from mslg_core import errors

HEAD_BYTES = 512
"""What `check_head` needs of a file; a shorter file is judged whole."""

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
GZIP = b"\x1f\x8b"
TABLES = (b"PAR1", b"ARROW1")
# How a stream of Arrow begins, as other files may, too.
ARROW_STREAM = b"\xff\xff\xff\xff"

NOT_AN_ARCHIVE = "The file is not an archive: upload a .zip, .tar, .tar.gz, .parquet or .arrow file."

# Archives of other kinds, which their names give away.
OTHER_ARCHIVES = (".7z", ".rar", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".iso", ".dmg")


def check_file_name(name: str) -> None:
    """Raise `NotAnArchiveError` for the name of an archive of another kind. Other names say nothing."""
    if name.lower().endswith(OTHER_ARCHIVES):
        raise errors.NotAnArchiveError(NOT_AN_ARCHIVE)


def check_head(head: bytes) -> None:
    """Raise `NotAnArchiveError` unless a file that begins like this may be read.

    A zip file behind a program, which is found by its end, is refused, too.
    """
    if not (head.startswith((b"PK", *TABLES, GZIP, ARROW_STREAM)) or is_tar_header(head)):
        raise errors.NotAnArchiveError(NOT_AN_ARCHIVE)


def is_tar_header(head: bytes) -> bool:
    """Whether a file begins like a tar file."""
    if len(head) < tarfile.BLOCKSIZE:
        return False
    try:
        tarfile.TarInfo.frombuf(head[: tarfile.BLOCKSIZE], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return not any(head)  # an empty tar file is all zeros
    return True
