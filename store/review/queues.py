"""Which samples each queue holds for a reviewer, in SQL. `store.review.assignments` serves them."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import CTE, Boolean, ColumnElement, Select, and_, exists, func, literal_column, or_, select
from sqlalchemy.orm import Session

from mslg_rules.class_map import ClassMap
from store.database.class_columns import is_class, same_class
from store.database.columns import utc_now
from store.models.dataset import Dataset, Sample
from store.models.job import Job
from store.models.result import Result, SuspectedLabelError
from store.models.review import ClassProposal, Lease, ProposalStatus, Queue
from store.models.verification import Verification, VerificationSource
from store.models.work import WorkStatus
from store.results.corrected_label import is_changed
from store.verification.consensus import is_active
from store.verification.sample_counts import count_fresh

PRESENT = timedelta(hours=24)
"""A reviewer who was served a sample or decided on one within this time counts as present."""

NEWEST = 2_000
"""How many of the dataset's newest verifications are searched for reviewers who are present."""

HAS_OPINIONS = literal_column("samples.num_opinions > 0", Boolean)
"""Written exactly as in the index, or SQLite does not use the index."""

SampleIds = Select[int]


@dataclass(frozen=True, slots=True)
class QueueQuery:
    """Which samples a reviewer requests. `given` and `suggested` are class indices, scores are 0..1.

    `changed_by_model` selects samples whose label an accepted suggestion changes, or the others; suggestions
    are accepted from `min_confidence` on, None: none is.

    `job_id` is the job whose ranking is reviewed, or whose suspected label errors are re-reviewed.
    """

    reviewer: str
    queue: Queue
    job_id: str | None = None
    given: int | None = None
    suggested: int | None = None
    score_min: float | None = None
    score_max: float | None = None
    rank_max: int | None = None
    changed_by_model: bool | None = None
    min_confidence: float | None = None
    on_samples: tuple[ColumnElement[bool], ...] = field(default=(), compare=False)
    """Conditions on metadata and tags of the samples of a ranking."""


class QueueCounts(NamedTuple):
    """How many samples each queue holds for one reviewer."""

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


def count_open(session: Session, dataset: Dataset, query: QueueQuery, without: Collection[int] = ()) -> int:
    """How many samples the queue holds for the reviewer, except those in `without`."""
    if _is_of_all_samples(session, dataset, query):
        query = replace(query, queue=Queue.VERIFY)
    if query.queue is Queue.VERIFY:
        return _count_verify(session, dataset, query, without)
    statement = open_samples(dataset, query, utc_now()).where(Sample.id.not_in(without))
    return session.scalar(statement.with_only_columns(func.count())) or 0


def _count_verify(session: Session, dataset: Dataset, query: QueueQuery, without: Collection[int]) -> int:
    """Samples without opinions are counted by the database already. Those with opinions, held by others or
    in `without` are few, and are looked at.
    """
    now = utc_now()
    held = select(Lease.sample_id).where(Lease.dataset_id == dataset.id, *_is_held(query, now))
    named = {*session.scalars(held), *without}
    scope = in_scope(dataset, query).with_only_columns(func.count())
    open_now = scope.where(is_open(dataset, query, now))
    fresh = scope.where(Sample.num_opinions == 0, Sample.verdict.is_(None))
    counted = count_fresh(session, dataset, query.given)
    if named:
        counted -= session.scalar(fresh.where(Sample.id.in_(named))) or 0
        counted += session.scalar(open_now.where(Sample.id.in_(named - set(without)))) or 0
    if dataset.overlap > 1:
        counted += session.scalar(open_now.where(HAS_OPINIONS, Sample.id.not_in(named))) or 0
    return counted


def open_samples(dataset: Dataset, query: QueueQuery, now: datetime) -> SampleIds:
    """The samples that may be served to the reviewer, unordered, including those that the reviewer holds."""
    return in_scope(dataset, query).where(is_open(dataset, query, now))


def is_open(dataset: Dataset, query: QueueQuery, now: datetime) -> ColumnElement[bool]:
    """Whether a sample may be served to the reviewer."""
    return and_(_is_open_in(dataset, query, now), Sample.id.not_in(_waiting_for_a_class(dataset)))


def _is_open_in(dataset: Dataset, query: QueueQuery, now: datetime) -> ColumnElement[bool]:
    held = select(Lease.sample_id).where(Lease.dataset_id == dataset.id, *_is_held(query, now))
    match query.queue:
        case Queue.TIE_BREAK:
            # Written exactly as in the index, or SQLite does not use the index.
            contested: ColumnElement[bool] = literal_column("samples.contested")
            return and_(contested, Sample.id.not_in(held), _may_break_tie(dataset, query.reviewer, now))
        case Queue.RE_REVIEW:
            return and_(Sample.id.in_(_suspected_errors(dataset, query)), Sample.id.not_in(held))
        case _ if dataset.overlap == 1:
            # The same as below, in conditions that an index serves.
            is_fresh = and_(Sample.num_opinions == 0, Sample.verdict.is_(None))
            return and_(is_fresh, Sample.contested.is_(False), Sample.id.not_in(held))
        case _:
            return and_(
                Sample.num_opinions < dataset.overlap,
                Sample.contested.is_(False),
                or_(Sample.verdict.is_(None), Sample.num_opinions > 0),  # otherwise an upload settled it
                or_(Sample.num_opinions == 0, ~decided_by(query.reviewer)),
                or_(
                    Sample.id.not_in(held),
                    Sample.num_opinions + _count_holders(query, now) < dataset.overlap,
                ),
            )


def _waiting_for_a_class(dataset: Dataset) -> SampleIds:
    """Samples for which somebody proposed a class that no manager has decided on."""
    return select(ClassProposal.sample_id).where(
        ClassProposal.dataset_id == dataset.id, ClassProposal.status == ProposalStatus.PENDING
    )


def in_scope(dataset: Dataset, query: QueueQuery) -> SampleIds:
    """The samples that pass the filters, joined with the job's results if a ranking is reviewed.

    Images without a given label are in no queue.
    """
    classes, statement = dataset.class_map, select(Sample.id).where(Sample.dataset_id == dataset.id)
    if query.queue is not Queue.REVIEW:
        if query.given is None:
            return statement.where(Sample.given_label.is_not(None))
        return statement.where(is_class(Sample.given_label, classes, query.given))
    statement = statement.join(Result, and_(Result.job_id == query.job_id, Result.sample_id == Sample.id))
    if query.given is not None:
        statement = statement.where(is_class(Result.given, classes, query.given))
    if query.suggested is not None:
        statement = statement.where(is_class(Result.suggested, classes, query.suggested))
    if query.score_min is not None:
        statement = statement.where(Result.label_score >= query.score_min)
    if query.score_max is not None:
        statement = statement.where(Result.label_score <= query.score_max)
    if query.rank_max is not None:
        statement = statement.where(Result.rank <= query.rank_max)
    if query.changed_by_model is not None:
        statement = statement.where(is_changed(query.min_confidence, query.changed_by_model, classes))
    return statement.where(*query.on_samples)


def decided_by(reviewer: str) -> ColumnElement[bool]:
    """Whether the reviewer has an active decision on the sample, of any role."""
    return exists().where(
        Verification.sample_id == Sample.id, Verification.reviewer == reviewer, *_is_active_review()
    )


def is_unresolved(classes: ClassMap) -> tuple[ColumnElement[bool], ...]:
    """On a `SuspectedLabelError` joined with its `Sample`: whether nobody has re-reviewed the sample, and its
    settled class is still the one that the run contradicted, and another one than it suggested.
    """
    contradicted = same_class(SuspectedLabelError.settled_label, Sample.settled_label, classes)
    conditions = SuspectedLabelError.resolved_at.is_(None), contradicted
    if not classes.merged:
        return conditions
    return *conditions, ~same_class(SuspectedLabelError.suggested, Sample.settled_label, classes)


def newest_job(session: Session, dataset_id: str) -> str | None:
    """The newest job with results."""
    statement = select(Job.id).where(Job.dataset_id == dataset_id, Job.status == WorkStatus.SUCCEEDED)
    return session.scalar(statement.order_by(Job.created_at.desc(), Job.id.desc()).limit(1))


def _is_of_all_samples(session: Session, dataset: Dataset, query: QueueQuery) -> bool:
    """Whether a whole ranking is queried: no filters, and all images with a given label were ranked.

    Removed images were, and are still in the ranking.
    """
    filters = query.suggested, query.score_min, query.score_max, query.rank_max, query.changed_by_model
    has_filter = query.on_samples or any(value is not None for value in filters)
    if query.queue is not Queue.REVIEW or has_filter:
        return False
    last = session.scalar(select(func.max(Result.rank)).where(Result.job_id == query.job_id))
    return last == dataset.num_samples - dataset.num_unlabelled + dataset.num_removed


def _is_active_review() -> tuple[ColumnElement[bool], ...]:
    """Whether a verification is a reviewer's active decision, not an upload."""
    return Verification.source == VerificationSource.REVIEW, is_active()


def _is_held(query: QueueQuery, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Whether a lease counts as another reviewer's opinion."""
    return Lease.reviewer != query.reviewer, Lease.expires_at > now, Lease.is_honeypot.is_(False)


def _count_holders(query: QueueQuery, now: datetime) -> ColumnElement[int]:
    """How many other reviewers hold the sample."""
    holders = select(func.count()).where(Lease.sample_id == Sample.id, *_is_held(query, now))
    return holders.correlate(Sample).scalar_subquery()


def _suspected_errors(dataset: Dataset, query: QueueQuery) -> SampleIds:
    """Samples with an unresolved suspected label error."""
    of_jobs = SuspectedLabelError.job_id == query.job_id if query.job_id else Job.dataset_id == dataset.id
    return (
        select(SuspectedLabelError.sample_id)
        .join(Job, Job.id == SuspectedLabelError.job_id)
        .join(Sample, Sample.id == SuspectedLabelError.sample_id)
        .where(
            of_jobs,
            *is_unresolved(dataset.class_map),
        )
        .correlate(None)
    )


def _may_break_tie(dataset: Dataset, reviewer: str, now: datetime) -> ColumnElement[bool]:
    """Whether the reviewer has not decided on the sample, or every reviewer who is present has."""
    present = _present(dataset, now)
    has_decided = exists().where(
        Verification.sample_id == Sample.id,
        Verification.reviewer == present.c.reviewer,
        *_is_active_review(),
    )
    undecided_other = (
        select(present.c.reviewer)
        .where(present.c.reviewer != reviewer, ~has_decided.correlate(Sample, present))
        .correlate(Sample)
        .exists()
    )
    return or_(~decided_by(reviewer), ~undecided_other)


def _present(dataset: Dataset, now: datetime) -> CTE:
    """Names of the reviewers who are present, see `PRESENT`."""
    newest = (
        select(Verification.reviewer, Verification.created_at)
        .where(Verification.dataset_id == dataset.id, Verification.source == VerificationSource.REVIEW)
        .order_by(Verification.id.desc())
        .limit(NEWEST)
        .subquery()
    )
    decided = select(newest.c.reviewer).where(newest.c.created_at > now - PRESENT)
    served = select(Lease.reviewer).where(Lease.dataset_id == dataset.id, Lease.expires_at > now - PRESENT)
    # Materialized: evaluated once, not once for each sample.
    return decided.union(served).cte("present").prefix_with("MATERIALIZED")
