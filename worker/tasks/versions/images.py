"""Reads the images of a named version for an export: all that is written comes from its table."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mslg_core.exports.image import ExportImage
from mslg_core.versions.table import read_images, read_rows
from mslg_rules.issue_kind import DUPLICATES
from mslg_rules.leave_out import OUTLIERS, Candidate, LeaveOut, find_left_out
from mslg_rules.verdict import Verdict
from store.errors import BlobNotFoundError
from store.infrastructure.blobs import BlobStore
from store.models import Version
from store.sources.image_files import ImageFiles

ISSUE_COLUMNS = ("number", "issues", "duplicate_group", "verdict")


@contextmanager
def stored_table(blobs: BlobStore, version: Version) -> Iterator[Path]:
    """The version's table as a file. Raises `BlobNotFoundError`."""
    if version.table_key is None:
        raise BlobNotFoundError(f"of the version {version.id}")
    with blobs.local_file(version.table_key) as path:
        yield path


def version_images(
    files: ImageFiles, table: Path, leave_out: Collection[LeaveOut]
) -> Iterator[list[ExportImage]]:
    """The images in batches, without those that are left out."""
    left_out = _find_left_out(table, leave_out)
    for batch in read_images(table, files.get):
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
