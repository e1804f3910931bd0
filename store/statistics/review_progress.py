"""How much of a job's ranking is reviewed, and how many label errors are expected to remain.

A decision here is a sample with a verdict that was reviewed through the job's ranking. It counts once, at the
time of the first active opinion. Expectations come from the job's probabilities: a given label is wrong with
1 - label score, an accepted suggestion with 1 - confidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, Subquery, case, func, select
from sqlalchemy.orm import Session

from mslg_rules.class_map import ClassMap
from mslg_rules.corrected_label import UNLABELLED
from mslg_rules.verdict import SETTLING, Verdict
from store.models.dataset import Sample
from store.models.job import Job
from store.models.result import Result
from store.models.verification import Role, SampleCount, Verification
from store.results.class_reading import read_class_map
from store.results.corrected_label import is_corrected_by_model, least_certain_first
from store.results.result_counts import count_accepted, is_undecided, read_counts
from store.verification.consensus import is_active

FOUND_WRONG = (Verdict.WRONG, Verdict.WRONG_UNKNOWN)


@dataclass(frozen=True, slots=True)
class Decisions:
    """Decisions in the order in which they were made: is_error bool [n], whether the given label turned out
    wrong; expected float64 [n], the probability of that according to the job.
    """

    is_error: NDArray[np.bool_]
    expected: NDArray[np.float64]


class Remaining(NamedTuple):
    """What is expected of the present corrected labels.

    errors: expected number of wrong ones among those that no reviewer decided; labels: samples that have a
    corrected label; unreviewed: samples without a verdict; next_errors: expected number of wrong given labels
    among the unreviewed samples that are served next.
    """

    errors: float
    labels: int
    unreviewed: int
    next_errors: float


class Learned(NamedTuple):
    """Settled samples that a job could learn from, and those settled since it read its labels."""

    before: int
    since: int


def count_reviewed(session: Session, job_id: str) -> tuple[int, int]:
    """Number of decisions, and of those that found the given label wrong."""
    reviewed = _reviewed(job_id)
    statement = (
        select(func.count(), func.count(case((Sample.verdict.in_(FOUND_WRONG), 1))))
        .join(reviewed, reviewed.c.sample_id == Sample.id)
        .where(Sample.verdict.is_not(None))
    )
    decisions, errors = session.execute(statement).one()
    return decisions, errors


def read_decisions(session: Session, job_id: str) -> Decisions:
    """The decisions made through the job's ranking."""
    reviewed = _reviewed(job_id)
    rows = session.execute(
        select(Sample.verdict.in_(FOUND_WRONG), Result.label_score)
        .join(reviewed, reviewed.c.sample_id == Sample.id)
        .join(Result, Result.sample_id == Sample.id)
        .where(*_results_of(job_id), Sample.verdict.is_not(None))
        .order_by(reviewed.c.first_id)
    ).all()
    scores = np.array([row[1] for row in rows], dtype=np.float64)
    return Decisions(np.array([row[0] for row in rows], dtype=np.bool_), 1 - scores)


def expect_remaining(session: Session, job_id: str, min_confidence: float | None, ahead: int) -> Remaining:
    """Expectations if suggestions are accepted from `min_confidence` on, `next_errors` of `ahead` samples."""
    classes = read_class_map(session, job_id)
    if classes.merged:
        return _recount_remaining(session, job_id, min_confidence, ahead, classes)
    counts = read_counts(session, job_id)
    errors = counts.undecided.wrong_given
    if min_confidence is not None:
        accepted = count_accepted(session, job_id, counts, min_confidence)
        errors += accepted.wrong_suggested - accepted.wrong_given
    unreviewed = counts.count(decided=False)
    upcoming = _upcoming(session, job_id, min_confidence, ahead, classes)
    return Remaining(errors, counts.labels, unreviewed, sum(1 - score for score in upcoming))


def _recount_remaining(
    session: Session, job_id: str, min_confidence: float | None, ahead: int, classes: ClassMap
) -> Remaining:
    """The same without kept counts: after a merge, fewer results are issues than were counted as such."""
    wrong = case(
        (is_corrected_by_model(min_confidence, classes), 1 - Result.confidence),
        (is_undecided(), 1 - Result.label_score),
        else_=0.0,
    )
    no_label = func.coalesce(Sample.verdict.in_(UNLABELLED), False)
    ranked = (
        select(func.coalesce(func.sum(wrong), 0.0))
        .add_columns(func.count(case((~no_label, 1))), func.count(case((Sample.verdict.is_(None), 1))))
        .select_from(Result)
        .join(Sample, Sample.id == Result.sample_id)
        .where(*_results_of(job_id))
    )
    errors, labels, unreviewed = session.execute(ranked).one()
    upcoming = _upcoming(session, job_id, min_confidence, ahead, classes)
    return Remaining(errors, labels, unreviewed, sum(1 - score for score in upcoming))


def _upcoming(
    session: Session, job_id: str, min_confidence: float | None, ahead: int, classes: ClassMap
) -> Sequence[float]:
    """Label scores of the samples without a verdict that are served next."""
    statement = (
        select(Result.label_score)
        .join(Sample, Sample.id == Result.sample_id)
        .where(Result.job_id == job_id, Sample.verdict.is_(None))
        .order_by(*least_certain_first(min_confidence, classes))
        .limit(ahead)
    )
    return session.scalars(statement).all()


def count_learned(session: Session, job: Job) -> Learned:
    """The dataset's settled samples, by whether they were settled when the job began."""
    kept = select(func.sum(SampleCount.num)).where(
        SampleCount.dataset_id == job.dataset_id, SampleCount.settled_label >= 0
    )
    total = int(session.scalar(kept) or 0)
    since = session.scalar(
        select(func.count()).where(
            Sample.dataset_id == job.dataset_id,
            Sample.settled_label.is_not(None),
            Sample.id.in_(_settled_since(job, job.started_at or job.created_at)),
        )
    )
    return Learned(total - (since or 0), since or 0)


def _results_of(job_id: str) -> tuple[ColumnElement[bool], ...]:
    """All of a job's results. Every sample id is above 0; the condition makes SQLite read by primary key, the
    order on disk, instead of by rank, which is seven times as fast.
    """
    return Result.job_id == job_id, Result.sample_id > 0


def _reviewed(job_id: str) -> Subquery:
    """Samples with an active opinion given through the job's ranking, and the id of the first. Honeypot
    answers and re-reviews do not count.
    """
    return (
        select(Verification.sample_id, func.min(Verification.id).label("first_id"))
        .where(
            Verification.job_id == job_id,
            Verification.role == Role.OPINION,
            is_active(),
        )
        .group_by(Verification.sample_id)
        .subquery()
    )


def _settled_since(job: Job, start: datetime) -> Select[int]:
    """Samples of the job's dataset that were never settled before `start`, and were since."""
    return (
        select(Verification.sample_id)
        .where(
            Verification.dataset_id == job.dataset_id,
            Verification.verdict.in_(SETTLING),
            Verification.role != Role.HONEYPOT,
        )
        .group_by(Verification.sample_id)
        .having(func.min(Verification.created_at) > start)
    )
