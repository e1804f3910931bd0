"""`versions.compare`: finds what changed between a named version and another one, or the present state."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import delete

from mslg_core.versions.comparison import Counts, Difference, compare, compare_classes
from mslg_core.versions.table import read_names
from store.database.bulk import insert_rows
from store.infrastructure.blobs import BlobStore
from store.models import Version, VersionComparison, VersionDifference
from store.tasks import lifecycle
from store.versions.number import read_version
from worker.app import task
from worker.claims import Claim, carry_out
from worker.resources import get_blobs
from worker.tasks.sample_rows import in_batches
from worker.tasks.versions.images import stored_table
from worker.tasks.versions.store import read_source, write_table

BATCH_ROWS = 5_000


@task("versions.compare")
def run(comparison_id: str) -> None:
    """Make the comparison `comparison_id`."""
    carry_out(VersionComparison, comparison_id, compare_versions, title="The versions cannot be compared")


def compare_versions(claim: Claim[VersionComparison]) -> None:
    """Store all differences in batches; only the last transaction makes them visible."""
    blobs = get_blobs()
    with claim.reading() as session:
        row = lifecycle.get(session, VersionComparison, claim.id)
        before = session.get_one(Version, row.before_id)
        after = session.get_one(Version, row.after_id) if row.after_id else None
    with claim.writing(lifecycle.Progress(0, None, "reading")) as session:  # what an earlier attempt left
        session.execute(delete(VersionDifference).where(VersionDifference.comparison_id == claim.id))
    with ExitStack() as stack:
        old = stack.enter_context(stored_table(blobs, before))
        if after is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mslg-")))
            new, number = _write_present(claim, before, blobs, folder / "present")
        else:
            new, number = stack.enter_context(stored_table(blobs, after)), after.dataset_version
        counts = _store(claim, compare(old, new))
        classes = compare_classes(read_names(old), read_names(new))
    with claim.writing() as session:
        columns = {"after_version": number, "summary": counts.as_json() | {"of_classes": classes._asdict()}}
        lifecycle.finish(session, VersionComparison, claim.id, claim.attempt, **columns)


def _write_present(
    claim: Claim[VersionComparison], before: Version, blobs: BlobStore, path: Path
) -> tuple[Path, str | None]:
    """The table of the present state, with results of the same job; its path and its version."""
    with claim.reading() as session, path.open("wb") as file:
        number = read_version(session, before.dataset_id)
        write_table(claim, session, read_source(session, before.dataset_id, before.job_id), blobs, file)
    return path, number


def _store(claim: Claim[VersionComparison], differences: Iterator[Difference]) -> Counts:
    """Insert the differences, and count them."""
    counts, number = Counts(), 0
    for batch in in_batches(differences, BATCH_ROWS):
        for difference in batch:
            counts.add(difference)
        rows = [
            {"comparison_id": claim.id, "number": place, **one._asdict(), "comments": "\n".join(one.comments)}
            for place, one in enumerate(batch, start=number)
        ]
        number += len(rows)
        with claim.writing(lifecycle.Progress(number, None, "storing differences")) as session:
            insert_rows(session, VersionDifference, rows)
        claim.stop_if_cancelled()
    return counts
