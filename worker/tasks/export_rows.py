"""Reads the images that an export or a named version is built from, with their rows of the export table."""

import mimetypes
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, and_, select
from sqlalchemy.orm import Session

from mslg_core.exports.image import ExportImage
from mslg_core.exports.metadata_columns import MetadataColumn, read_values
from mslg_core.exports.table import ExportRow, SoftLabel
from mslg_core.reports import DENSE_CLASSES
from mslg_rules.class_map import ClassMap
from mslg_rules.leave_out import LeaveOut
from store.metadata.tags import read_tags
from store.models import Comment, Dataset, Job, Result, Sample, Verification
from store.results.auto_accept import read_acceptance
from store.results.class_reading import read_soft_label
from store.results.corrected_label import correct
from store.results.issues import SampleIssues, read_issues
from store.results.leave_out import read_left_out
from store.sources.image_files import ImageFiles
from store.verification.consensus import category, read_as, votes
from store.verification.histories import read_verifications

BATCH_ROWS = 5_000
# Python knows a different suffix first, or none.
SUFFIXES = {"image/jpeg": ".jpg", "image/tiff": ".tif", "image/webp": ".webp", "image/avif": ".avif"}


class Source(NamedTuple):
    """A dataset, the job whose results count, if any, and which images are left out."""

    dataset: Dataset
    job: Job | None = None
    leave_out: Sequence[LeaveOut] = ()

    @property
    def job_id(self) -> str | None:
        """The job's id."""
        return None if self.job is None else self.job.id


class History(NamedTuple):
    """What people did with a sample, oldest first: the decision of each that counts, and comments."""

    decisions: list[Verification]
    comments: list[str]


NOTHING = History([], [])


def export_images(session: Session, source: Source, files: ImageFiles) -> Iterator[list[ExportImage]]:
    """The samples of the dataset itself, including those that the job did not rank, in batches.

    Verified images beside the dataset are not among them, nor is what is left out.
    """
    min_confidence = None if source.job is None else read_acceptance(session, source.job).min_confidence
    left_out = read_left_out(session, source.dataset.id, source.job_id, source.leave_out)
    classes = source.dataset.class_map
    columns = [MetadataColumn.of(described) for described in source.dataset.metadata_columns]
    for batch in _batches(session, source):
        kept = [row for row in batch if row.id not in left_out]
        ids = [row.id for row in kept]
        issues, histories = read_issues(session, source.job_id, ids), _read_histories(session, ids)
        tags = read_tags(session, ids)
        rows = [
            _to_export_row(row, classes, min_confidence, issues[row.id])._replace(
                tags=tags.get(row.id, ()),
                metadata=read_values(columns, row.metadata_values or []),
                **_decided(row, classes, histories.get(row.id, NOTHING)),
            )
            for row in kept
        ]
        yield [_to_image(row, cells, files) for row, cells in zip(kept, rows, strict=True)]


def _read_histories(session: Session, sample_ids: Sequence[int]) -> dict[int, History]:
    """By sample; nothing for those that nobody touched."""
    histories = {
        sample_id: History(votes(rows), [])
        for sample_id, rows in read_verifications(session, sample_ids).items()
    }
    comments = select(Comment).where(Comment.sample_id.in_(sample_ids)).order_by(Comment.id)
    for comment in session.scalars(comments):
        histories.setdefault(comment.sample_id, History([], [])).comments.append(comment.text)
    return histories


def _decided(row: Row[Any], classes: ClassMap, history: History) -> dict[str, Any]:
    """The fields of the row about what people decided, and who of them agree with the verdict."""
    agreed = read_as((row.verdict, row.settled_label), classes)
    agreeing = [made for made in history.decisions if read_as(category(made), classes) == agreed]
    deciders = sorted(agreeing, key=lambda made: made.id)
    return {
        "verdict": row.verdict,
        "selection": row.selection,
        "reviewers": tuple(dict.fromkeys(made.reviewer for made in deciders if made.reviewer)),
        "decided_at": deciders[-1].created_at if deciders else None,
        "comments": tuple(history.comments),
    }


def _to_image(row: Row[Any], cells: ExportRow, files: ImageFiles) -> ExportImage:
    return ExportImage(
        number=row.position,
        row=cells,
        suffix=SUFFIXES.get(row.media_type) or mimetypes.guess_extension(row.media_type) or "",
        width=row.width,
        height=row.height,
        read=partial(files.get, row.image_key, row.sha256),
        sample_id=row.id,
        sha256=row.sha256,
        image_key=row.image_key,
    )


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
            Sample.selection,
            Sample.width,
            Sample.height,
            Sample.media_type,
            Sample.image_key,
            Sample.sha256,
            Sample.metadata_values,
            Result.suggested,
            Result.label_score,
            Result.is_label_issue,
            Result.rank,
            Result.confidence,
            Result.soft_label,
            Result.soft_label_classes,
        )
        .outerjoin(Result, and_(Result.job_id == source.job_id, Result.sample_id == Sample.id))
        .where(Sample.dataset_id == source.dataset.id, Sample.separate.is_(False))
        .order_by(Sample.position)
    )


def _to_export_row(
    row: Row[Any], classes: ClassMap, min_confidence: float | None, issues: SampleIssues
) -> ExportRow:
    is_ranked = row.suggested is not None
    is_issue = bool(row.is_label_issue) and not classes.same(row.given_label, row.suggested)
    correction = correct(
        given=row.given_label,
        suggested=row.suggested if is_ranked else row.given_label,
        is_label_issue=is_issue,
        confidence=row.confidence if is_ranked else 0.0,
        min_confidence=min_confidence,
        verdict=row.verdict,
        settled_label=row.settled_label,
    )
    return ExportRow(
        id=row.external_id,
        file_name=row.file_name,
        given_label=classes.name(row.given_label),
        predicted_label=classes.name(row.suggested),
        label_score=row.label_score,
        is_label_issue=is_issue,
        rank=row.rank,
        soft_label=_soft_label(row, classes) if is_ranked else None,
        corrected_label=classes.name(correction.label),
        corrected_by=correction.by,
        issues=issues.kinds,
        duplicate_group=issues.group,
        source_split=row.source_split,
    )


def _soft_label(row: Row[Any], classes: ClassMap) -> SoftLabel:
    """In the form for that many classes: some may have been added or merged after the job."""
    probabilities, places = read_soft_label(row, classes)
    is_dense = len(classes.order) <= DENSE_CLASSES
    if is_dense and places is None:
        return probabilities
    shares = dict(zip(places or range(len(probabilities)), probabilities, strict=True))
    if is_dense:
        return [shares.get(place, 0.0) for place in range(len(classes.order))]
    return {classes.names[classes.order[place]]: share for place, share in shares.items() if share}
