"""Reads the images of a named version for an export: all that is written comes from its table."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from mslg_core.exports.image import ExportImage
from mslg_core.versions.table import read_images, read_rows
from mslg_rules.issue_kind import DUPLICATES
from mslg_rules.leave_out import OUTLIERS, Candidate, LeaveOut, find_left_out
from mslg_rules.verdict import Verdict
from store.errors import BlobNotFoundError, ConflictError
from store.infrastructure.blobs import BlobStore
from store.models import Version

ISSUE_COLUMNS = ("number", "issues", "duplicate_group", "verdict")


class ImageChangedError(ConflictError):
    """An image of the version has other content by now."""

    code = "image_changed"

    def __init__(self, key: str) -> None:
        super().__init__(
            f"The image {key} is not the one that the version was made of: restore it, or export a table."
        )


@contextmanager
def stored_table(blobs: BlobStore, version: Version) -> Iterator[Path]:
    """The version's table as a file. Raises `BlobNotFoundError`."""
    if version.table_key is None:
        raise BlobNotFoundError(f"of the version {version.id}")
    with blobs.local_file(version.table_key) as path:
        yield path


def version_images(
    blobs: BlobStore, table: Path, leave_out: Collection[LeaveOut]
) -> Iterator[list[ExportImage]]:
    """The images in batches, without those that are left out."""

    def read(key: str, digest: str) -> bytes:
        data = blobs.get(key)
        if sha256(data).hexdigest() != digest:
            raise ImageChangedError(key)
        return data

    left_out = _find_left_out(table, leave_out)
    for batch in read_images(table, read):
        yield [image for image in batch if image.number not in left_out]


def _find_left_out(table: Path, wanted: Collection[LeaveOut]) -> set[int]:
    """Numbers of the images that are left out, by the rule for exports of the present state."""
    if not wanted:
        return set()
    candidates = {
        row["number"]: Candidate(
            [kind for kind in row["issues"] if kind in _MAY_BE_LEFT_OUT],
            row["duplicate_group"],
            row["verdict"] in _SETTLED,
            row["verdict"] == Verdict.UNUSABLE,
        )
        for batch in read_rows(table, ISSUE_COLUMNS)
        for row in batch
        if row["issues"] or row["verdict"] == Verdict.UNUSABLE
    }
    return find_left_out(candidates, wanted)


_MAY_BE_LEFT_OUT: Sequence[str] = (*DUPLICATES, *OUTLIERS)
_SETTLED = (Verdict.CORRECT, Verdict.WRONG)
