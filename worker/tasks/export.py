"""`export.run`: builds a file with the corrected label of every sample of a dataset."""

import tempfile
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from sqlalchemy import Row, Select, and_, select
from sqlalchemy.orm import Session

from mslg_core.cleaning.export_table import ExportRow, SoftLabel, open_writer
from mslg_rules.leave_out import LeaveOut
from store.infrastructure.blobs import READ_CHUNK_BYTES, export_key
from store.models import Dataset, Export, Job, Result, Sample
from store.results.auto_accept import read_acceptance
from store.results.corrected_label import correct
from store.results.issues import SampleIssues, read_issues
from store.results.leave_out import read_left_out
from store.results.results import unpack_classes, unpack_soft_label
from store.tasks import lifecycle
from worker.app import task
from worker.claims import Claim, carry_out
from worker.resources import get_blobs

BATCH_ROWS = 5_000


class Source(NamedTuple):
    """The rows that an export is built from."""

    export: Export
    job: Job
    dataset: Dataset


@task("export.run")
def run(export_id: str) -> None:
    """Build the export `export_id`."""
    carry_out(Export, export_id, export, title="The export cannot be built")


def export(claim: Claim[Export]) -> None:
    """Write the rows to a local file, in the order of the dataset, then upload it to the blob store."""
    with tempfile.TemporaryFile(prefix="mslg-") as file:
        with claim.reading() as session:
            source = _read_source(session, claim.id)
            num_rows = _write_rows(claim, session, source, file)
        key, size = export_key(source.dataset.id, claim.id), file.tell()
        file.seek(0)
        get_blobs().put_stream(key, iter(lambda: file.read(READ_CHUNK_BYTES), b""))
    with claim.writing(lifecycle.Progress(num_rows, num_rows)) as session:
        lifecycle.finish(
            session, Export, claim.id, claim.attempt, file_key=key, num_rows=num_rows, size_bytes=size
        )


def _read_source(session: Session, export_id: str) -> Source:
    export = lifecycle.get(session, Export, export_id)
    job = session.get_one(Job, export.job_id)
    return Source(export, job, session.get_one(Dataset, job.dataset_id))


def _write_rows(claim: Claim[Export], session: Session, source: Source, file: BinaryIO) -> int:
    """Write all rows and report progress; return their number."""
    num_rows = 0
    with open_writer(source.export.format, file, source.dataset.classes) as writer:
        for batch in export_rows(session, source):
            writer.write(batch)
            num_rows += len(batch)
            claim.report(lifecycle.Progress(num_rows, source.dataset.num_samples, "writing rows"))
    return num_rows


def export_rows(session: Session, source: Source) -> Iterator[list[ExportRow]]:
    """One row per sample of the dataset itself, including those that the job did not rank, in batches.

    Verified images beside the dataset are not in an export, nor is what the export leaves out.
    """
    min_confidence = read_acceptance(session, source.job).min_confidence
    left_out = read_left_out(session, source.job, [LeaveOut(name) for name in source.export.leave_out])
    for batch in _batches(session, source):
        issues = read_issues(session, source.job.id, [row.id for row in batch])
        yield [
            _to_export_row(row, source.dataset.classes, min_confidence, issues[row.id])
            for row in batch
            if row.id not in left_out
        ]


def _batches(session: Session, source: Source) -> Iterator[list[Row[Any]]]:
    """The rows in order of position, `BATCH_ROWS` at a time to bound memory."""
    statement, last = _rows_of(source), -1
    while batch := list(session.execute(statement.where(Sample.position > last).limit(BATCH_ROWS)).all()):
        yield batch
        last = batch[-1].position


def _rows_of(source: Source) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Sample.id,
            Sample.position,
            Sample.external_id,
            Sample.file_name,
            Sample.given_label,
            Sample.verdict,
            Sample.settled_label,
            Sample.source_split,
            Result.suggested,
            Result.label_score,
            Result.is_label_issue,
            Result.rank,
            Result.confidence,
            Result.soft_label,
            Result.soft_label_classes,
        )
        .outerjoin(Result, and_(Result.job_id == source.job.id, Result.sample_id == Sample.id))
        .where(Sample.dataset_id == source.dataset.id, Sample.separate.is_(False))
        .order_by(Sample.position)
    )


def _to_export_row(
    row: Row[Any], classes: list[str], min_confidence: float | None, issues: SampleIssues
) -> ExportRow:
    is_ranked = row.suggested is not None
    correction = correct(
        given=row.given_label,
        suggested=row.suggested if is_ranked else row.given_label,
        is_label_issue=bool(row.is_label_issue),
        confidence=row.confidence if is_ranked else 0.0,
        min_confidence=min_confidence,
        verdict=row.verdict,
        settled_label=row.settled_label,
    )
    return ExportRow(
        id=row.external_id,
        file_name=row.file_name,
        given_label=None if row.given_label is None else classes[row.given_label],
        predicted_label=classes[row.suggested] if is_ranked else None,
        label_score=row.label_score,
        is_label_issue=bool(row.is_label_issue),
        rank=row.rank,
        soft_label=_soft_label(row, classes) if is_ranked else None,
        corrected_label=None if correction.label is None else classes[correction.label],
        corrected_by=correction.by,
        issues=issues.kinds,
        duplicate_group=issues.group,
        source_split=row.source_split,
    )


def _soft_label(row: Row[Any], classes: list[str]) -> SoftLabel:
    probabilities, indices = unpack_soft_label(row.soft_label), unpack_classes(row.soft_label_classes)
    if indices is None:
        return probabilities
    return {classes[index]: share for index, share in zip(indices, probabilities, strict=True)}
