"""The audit log: every decision ever made about a dataset's samples, and the comments on them."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.errors import NotFoundError
from store.models.dataset import Sample
from store.models.review import Comment
from store.models.verification import Verification
from store.verification.consensus import is_withdrawn
from store.verification.trail_filter import TrailFilter, conditions_of


class TrailEntry(NamedTuple):
    """One verification with its sample, and whether it has been withdrawn."""

    verification: Verification
    sample: Sample
    withdrawn: bool


class SampleComment(NamedTuple):
    """A comment and its sample."""

    comment: Comment
    sample: Sample


def list_trail(
    session: Session, dataset_id: str, wanted: TrailFilter, before: int | None, limit: int
) -> list[TrailEntry]:
    """Up to `limit` verifications with ids below `before`, newest first."""
    statement = (
        select(Verification, Sample, is_withdrawn())
        .join(Sample, Sample.id == Verification.sample_id)
        .where(
            Verification.dataset_id == dataset_id,
            *conditions_of(wanted),
        )
        .order_by(Verification.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(Verification.id < before)
    return [TrailEntry(*row) for row in session.execute(statement)]


def add_comment(session: Session, sample_id: int, reviewer: str, text: str) -> Comment:
    """Add a comment to a sample. Raises `NotFoundError`."""
    _require_sample(session, sample_id)
    comment = Comment(sample_id=sample_id, reviewer=reviewer, text=text)
    session.add(comment)
    session.flush()
    return comment


def list_comments(session: Session, sample_id: int) -> list[Comment]:
    """The comments on a sample, oldest first. Raises `NotFoundError`."""
    _require_sample(session, sample_id)
    statement = select(Comment).where(Comment.sample_id == sample_id).order_by(Comment.id)
    return list(session.scalars(statement))


def list_all_comments(
    session: Session, dataset_id: str, before: int | None, limit: int
) -> list[SampleComment]:
    """Up to `limit` comments on a dataset's samples with ids below `before`, newest first."""
    statement = (
        select(Comment, Sample)
        .join(Sample, Sample.id == Comment.sample_id)
        .where(Sample.dataset_id == dataset_id)
        .order_by(Comment.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(Comment.id < before)
    return [SampleComment(*row) for row in session.execute(statement)]


def _require_sample(session: Session, sample_id: int) -> None:
    if session.get(Sample, sample_id) is None:
        raise NotFoundError("sample", sample_id)
