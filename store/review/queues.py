"""Which samples wait for a reviewer, queue by queue. `store.review.assignments` serves them."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import CTE, ColumnElement, Select, and_, exists, func, literal_column, or_, select
from sqlalchemy.orm import Session

from mslg_rules.verdict import Verdict
from store.database.columns import utc_now
from store.models.dataset import Dataset, Sample
from store.models.job import Job
from store.models.result import Result, SuspectedLabelError
from store.models.review import Lease, Queue
from store.models.verification import Verification, VerificationSource
from store.models.work import WorkStatus
from store.verification.consensus import is_withdrawn

PRESENT = timedelta(hours=24)
"""Who has been served something within this time, or said something, is there to break a tie."""

NEWEST = 2_000
"""So many of the dataset's newest words tell who has said something."""

SampleIds = Select[int]


@dataclass(frozen=True, slots=True)
class QueueQuery:
    """Which samples a reviewer asks for. `given` and `suggested` are class indices, scores are 0..1.

    `job_id` is the job whose ranking is reviewed; of second looks it picks one job's.
    """

    reviewer: str
    queue: Queue
    job_id: str | None = None
    given: int | None = None
    suggested: int | None = None
    score_min: float | None = None
    score_max: float | None = None


class QueueCounts(NamedTuple):
    """How many samples wait for one reviewer."""

    verify: int
    tie_break: int
    re_review: int


def count_queues(session: Session, dataset: Dataset, reviewer: str) -> QueueCounts:
    """Count the queues that need no job."""
    counts = (
        count_open(session, dataset, QueueQuery(reviewer, queue))
        for queue in (Queue.VERIFY, Queue.TIE_BREAK, Queue.RE_REVIEW)
    )
    return QueueCounts(*counts)


def count_open(session: Session, dataset: Dataset, ask: QueueQuery, without: Collection[int] = ()) -> int:
    """How many samples wait for the reviewer, but for those `without`."""
    if _is_of_all_samples(session, dataset, ask):
        ask = replace(ask, queue=Queue.VERIFY)  # the same samples, found without the ranking in half the time
    statement = open_samples(dataset, ask, utc_now()).where(Sample.id.not_in(without))
    return session.scalar(statement.with_only_columns(func.count())) or 0


def open_samples(dataset: Dataset, ask: QueueQuery, now: datetime) -> SampleIds:
    """The samples that may be served to the reviewer, in no order; those that the reviewer holds included."""
    return in_scope(dataset, ask).where(is_open(dataset, ask, now))


def is_open(dataset: Dataset, ask: QueueQuery, now: datetime) -> ColumnElement[bool]:
    """Whether a sample may be served to the reviewer."""
    held = select(Lease.sample_id).where(Lease.dataset_id == dataset.id, *_is_held(ask, now))
    match ask.queue:
        case Queue.TIE_BREAK:
            # Just as the index has it, or SQLite does not use the index.
            contested: ColumnElement[bool] = literal_column("samples.contested")
            return and_(contested, Sample.id.not_in(held), _may_break_tie(dataset, ask.reviewer, now))
        case Queue.RE_REVIEW:
            return and_(Sample.id.in_(_contradicted(dataset, ask)), Sample.id.not_in(held))
        case _:
            return and_(
                Sample.num_opinions < dataset.overlap,
                Sample.contested.is_(False),
                or_(Sample.verdict.is_(None), Sample.num_opinions > 0),  # else an upload settles it alone
                or_(Sample.num_opinions == 0, ~decided_by(ask.reviewer)),
                or_(
                    Sample.id.not_in(held),
                    Sample.num_opinions + _count_holders(ask, now) < dataset.overlap,
                ),
            )


def in_scope(dataset: Dataset, ask: QueueQuery) -> SampleIds:
    """The samples that the filters let through, joined with the job's results if that is what is reviewed."""
    statement = select(Sample.id).where(Sample.dataset_id == dataset.id)
    if ask.queue is not Queue.REVIEW:
        return statement if ask.given is None else statement.where(Sample.given_label == ask.given)
    conditions = [
        (Result.given, ask.given),
        (Result.suggested, ask.suggested),
    ]
    statement = statement.join(Result, and_(Result.job_id == ask.job_id, Result.sample_id == Sample.id))
    statement = statement.where(*(column == value for column, value in conditions if value is not None))
    if ask.score_min is not None:
        statement = statement.where(Result.label_score >= ask.score_min)
    if ask.score_max is not None:
        statement = statement.where(Result.label_score <= ask.score_max)
    return statement


def decided_by(reviewer: str) -> ColumnElement[bool]:
    """Whether a word of the reviewer, of whichever role, stands on the sample."""
    return exists().where(
        Verification.sample_id == Sample.id, Verification.reviewer == reviewer, *_stands(Verification)
    )


def newest_job(session: Session, dataset_id: str) -> str | None:
    """The newest job with results."""
    statement = select(Job.id).where(Job.dataset_id == dataset_id, Job.status == WorkStatus.SUCCEEDED)
    return session.scalar(statement.order_by(Job.created_at.desc(), Job.id.desc()).limit(1))


def _is_of_all_samples(session: Session, dataset: Dataset, ask: QueueQuery) -> bool:
    """Whether a ranking is reviewed with no sample left out, by filters or as unusable when the job began."""
    if ask.queue is not Queue.REVIEW or (ask.suggested, ask.score_min, ask.score_max) != (None, None, None):
        return False
    last = session.scalar(select(func.max(Result.rank)).where(Result.job_id == ask.job_id))
    return last == dataset.num_samples


def _stands(verification: type[Verification]) -> tuple[ColumnElement[bool], ...]:
    """A person's word that nobody has taken back."""
    return (
        verification.source == VerificationSource.REVIEW,
        verification.verdict != Verdict.WITHDRAWN,
        ~is_withdrawn(verification),
    )


def _is_held(ask: QueueQuery, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Whether a lease is another person's voice."""
    return Lease.reviewer != ask.reviewer, Lease.expires_at > now, Lease.is_honeypot.is_(False)


def _count_holders(ask: QueueQuery, now: datetime) -> ColumnElement[int]:
    """How many other people have the sample before them."""
    holders = select(func.count()).where(Lease.sample_id == Sample.id, *_is_held(ask, now))
    return holders.correlate(Sample).scalar_subquery()


def _contradicted(dataset: Dataset, ask: QueueQuery) -> SampleIds:
    """Samples that nobody has looked at again, settled as they were when a run contradicted them."""
    of_jobs = SuspectedLabelError.job_id == ask.job_id if ask.job_id else Job.dataset_id == dataset.id
    return (
        select(SuspectedLabelError.sample_id)
        .join(Job, Job.id == SuspectedLabelError.job_id)
        .join(Sample, Sample.id == SuspectedLabelError.sample_id)
        .where(
            of_jobs,
            SuspectedLabelError.resolved_at.is_(None),
            SuspectedLabelError.settled_label == Sample.settled_label,
        )
        .correlate(None)
    )


def _may_break_tie(dataset: Dataset, reviewer: str, now: datetime) -> ColumnElement[bool]:
    """Whether the reviewer gave no opinion on the sample, or all that are there did."""
    present = _present(dataset, now)
    gave_one = exists().where(
        Verification.sample_id == Sample.id,
        Verification.reviewer == present.c.reviewer,
        *_stands(Verification),
    )
    somebody_else = (
        select(present.c.reviewer)
        .where(present.c.reviewer != reviewer, ~gave_one.correlate(Sample, present))
        .correlate(Sample)
        .exists()
    )
    return or_(~decided_by(reviewer), ~somebody_else)


def _present(dataset: Dataset, now: datetime) -> CTE:
    """Names of the reviewers who are at work on the dataset."""
    newest = (
        select(Verification.reviewer, Verification.created_at)
        .where(Verification.dataset_id == dataset.id, Verification.source == VerificationSource.REVIEW)
        .order_by(Verification.id.desc())
        .limit(NEWEST)
        .subquery()
    )
    said = select(newest.c.reviewer).where(newest.c.created_at > now - PRESENT)
    served = select(Lease.reviewer).where(Lease.dataset_id == dataset.id, Lease.expires_at > now - PRESENT)
    # Once for all samples that it is held against, not once for each.
    return said.union(served).cte("present").prefix_with("MATERIALIZED")
