"""Serves samples to reviewers: each to as many reviewers as the dataset requires, to none of them twice.

A served sample is leased: until the reviewer decides or the lease expires, it counts as one opinion. Samples
are served under the dataset's lock. An expired lease no longer counts, but its row stays, because a reviewer
who was offline may still answer a honeypot.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from mslg_rules.class_map import ClassMap
from store.database.columns import utc_now
from store.models.dataset import Dataset, Sample
from store.models.result import Result, SuspectedLabelError
from store.models.review import Lease, Queue
from store.models.verification import Role, Verification
from store.review.honeypots import mix_honeypots
from store.review.queues import QueueQuery, count_open, in_scope, is_open, open_samples
from store.review.sampling import SHUFFLED, Draw, Sampler, draw_next
from store.verification.consensus import is_by, votes
from store.verification.histories import read_verifications
from store.verification.record import newest_verification
from store.verification.verified_set import lock_dataset

OfJob = TypeVar("OfJob", Result, SuspectedLabelError)


@dataclass(frozen=True, slots=True)
class Served:
    """A served sample with what its queue shows of it.

    `result` is the reviewed job's. `opinions` are the active decisions so far, the newest of each reviewer.
    `changed_by_model`: the suggestion is accepted as long as nobody decides.
    """

    sample: Sample
    job_id: str | None
    result: Result | None = None
    re_review: SuspectedLabelError | None = None
    opinions: Sequence[Verification] = ()
    changed_by_model: bool = False


@dataclass(frozen=True, slots=True)
class Serving:
    """The response to a request: samples, how many more the queue holds, when their leases expire, and the
    newest verification that these samples show.
    """

    dataset: Dataset
    items: Sequence[Served]
    remaining: int
    expires_at: datetime
    seen: int


def serve(  # noqa: PLR0913 # who requests what, all named
    session: Session,
    dataset_id: str,
    query: QueueQuery,
    *,
    count: int,
    holding: Collection[int],
    duration: timedelta,
) -> Serving:
    """Lease up to `count` samples to the reviewer, first those already leased to them.

    `holding` are samples that the client still has: they are not served again, but their leases are renewed.
    Raises `NotFoundError`.
    """
    dataset = lock_dataset(session, dataset_id)
    now = utc_now()
    expires_at = now + duration
    leases = {lease.sample_id: lease for lease in _leases_of(session, dataset, query.reviewer)}
    _renew(session, dataset, [leases[key] for key in holding if key in leases], now, expires_at)
    sampler = Sampler(session, dataset, query, now, without=set(holding))
    draws = _draw(sampler, list(leases.values()), count)
    for draw in draws:
        _lease(session, dataset, query, draw, leases.get(draw.sample_id), expires_at)
    session.flush()
    remaining = count_open(session, dataset, query, without={*holding, *(draw.sample_id for draw in draws)})
    seen = newest_verification(session, dataset_id)
    served = _to_served(session, query, draws, dataset.class_map)
    return Serving(dataset, served, remaining, expires_at, seen)


def release(session: Session, dataset_id: str, reviewer: str) -> None:
    """End the reviewer's leases, except those of honeypots: a changed set would give them away.

    Raises `NotFoundError`.
    """
    lock_dataset(session, dataset_id)
    session.execute(
        delete(Lease).where(
            Lease.dataset_id == dataset_id, Lease.reviewer == reviewer, Lease.is_honeypot.is_(False)
        )
    )


def renew_after_undo(session: Session, withdrawal: Verification, duration: timedelta) -> None:
    """Lease the sample again to a reviewer who withdrew their own decision, so that it is not served to
    somebody else before they decide again. Call it in the transaction of the withdrawal, under its lock.

    Leases nothing if the sample is no longer open or is leased to somebody else, and no honeypots, which
    need no lease.
    """
    decision = session.get_one(Verification, withdrawal.withdraws_id)
    if not is_by(decision, withdrawal.reviewer) or decision.role is Role.HONEYPOT:
        return
    sample = session.get_one(Sample, decision.sample_id)
    dataset = session.get_one(Dataset, decision.dataset_id)
    query, now = QueueQuery(decision.reviewer, _queue_of(decision, sample), decision.job_id), utc_now()
    is_free = session.get(Lease, (sample.id, decision.reviewer)) is None
    if is_free and session.scalar(open_samples(dataset, query, now).where(Sample.id == sample.id)):
        _lease(session, dataset, query, Draw(sample.id, decision.job_id), None, now + duration)
        session.flush()


def _queue_of(decision: Verification, sample: Sample) -> Queue:
    """The queue that a withdrawn decision may have come from, so that the next one gets the same role."""
    if decision.role is Role.ADJUDICATION:
        return Queue.TIE_BREAK if sample.contested else Queue.RE_REVIEW
    return Queue.REVIEW if decision.job_id else Queue.VERIFY


def _leases_of(session: Session, dataset: Dataset, reviewer: str) -> Sequence[Lease]:
    statement = select(Lease).where(Lease.dataset_id == dataset.id, Lease.reviewer == reviewer)
    return session.scalars(statement.execution_options(populate_existing=True)).all()


def _renew(
    session: Session, dataset: Dataset, held: Sequence[Lease], now: datetime, expires_at: datetime
) -> None:
    """Extend leases. An expired one is extended only if the sample is still open."""
    for lease in held:
        query = QueueQuery(lease.reviewer, lease.queue, lease.job_id)
        still_open = open_samples(dataset, query, now).where(Sample.id == lease.sample_id)
        if lease.expires_at > now or lease.is_honeypot or session.scalar(still_open):
            lease.expires_at = expires_at
    session.flush()


def _draw(sampler: Sampler, leases: Sequence[Lease], count: int) -> list[Draw]:
    """Up to `count` samples: first those that the reviewer holds, then new ones, mixed with honeypots."""
    in_hand = [lease for lease in leases if lease.expires_at > sampler.now]
    held = _redraw_held(sampler, in_hand)[:count]
    sampler = sampler._replace(without={*sampler.without, *(draw.sample_id for draw in held)})
    fresh = draw_next(sampler, count - len(held), in_hand)
    return held + mix_honeypots(sampler, fresh, leases, count - len(held))


def _redraw_held(sampler: Sampler, in_hand: Sequence[Lease]) -> list[Draw]:
    """The samples of this queue that the reviewer already holds, except those that need no more decisions."""
    query = sampler.query
    held = {
        lease.sample_id: lease
        for lease in in_hand
        if lease.queue is query.queue and (query.job_id is None or lease.job_id == query.job_id)
        if lease.sample_id not in sampler.without
    }
    if not held:
        return []
    honeypots = {key for key, lease in held.items() if lease.is_honeypot}
    is_honeypot_to_answer = and_(Sample.id.in_(honeypots), Sample.settled_label.is_not(None))
    is_still_open = and_(Sample.id.in_(held.keys() - honeypots), is_open(sampler.dataset, query, sampler.now))
    statement = in_scope(sampler.dataset, query).where(
        Sample.id.in_(held), or_(is_honeypot_to_answer, is_still_open)
    )
    order = (Result.rank,) if query.queue is Queue.REVIEW else SHUFFLED
    return [
        Draw(key, held[key].job_id, is_honeypot=held[key].is_honeypot)
        for key in sampler.session.scalars(statement.order_by(*order))
    ]


def _lease(  # noqa: PLR0913, PLR0917 # all columns of a lease
    session: Session,
    dataset: Dataset,
    query: QueueQuery,
    draw: Draw,
    lease: Lease | None,
    expires_at: datetime,
) -> None:
    if lease is None:
        lease = Lease(sample_id=draw.sample_id, reviewer=query.reviewer, dataset_id=dataset.id)
        session.add(lease)
    lease.queue, lease.job_id = query.queue, draw.job_id
    lease.is_honeypot, lease.expires_at = draw.is_honeypot, expires_at


def _to_served(session: Session, query: QueueQuery, draws: Sequence[Draw], classes: ClassMap) -> list[Served]:
    """The samples with what the queue shows of them. Queues of independent opinions show nothing."""
    queue, ids = query.queue, [draw.sample_id for draw in draws]
    samples = {row.id: row for row in session.scalars(select(Sample).where(Sample.id.in_(ids)))}
    shows_ranking = queue in (Queue.REVIEW, Queue.RE_REVIEW)
    results = _of_jobs(session, Result, draws) if shows_ranking else {}
    errors = _of_jobs(session, SuspectedLabelError, draws) if queue is Queue.RE_REVIEW else {}
    verifications = read_verifications(session, ids) if queue.adjudicates else {}
    served = [
        Served(
            samples[draw.sample_id],
            draw.job_id,
            results.get((draw.job_id, draw.sample_id)),
            errors.get((draw.job_id, draw.sample_id)),
            votes(verifications.get(draw.sample_id, ())),
            _is_changed(query, results.get((draw.job_id, draw.sample_id)), classes),
        )
        for draw in draws
    ]
    ranks = [_rank(item) for item, draw in zip(served, draws, strict=True) if not draw.is_honeypot]
    if queue is Queue.REVIEW and ranks == sorted(ranks):
        served.sort(key=_rank)  # a honeypot out of order would stand out
    return served


def _is_changed(query: QueueQuery, result: Result | None, classes: ClassMap) -> bool:
    """Whether the suggestion is accepted. Also for a honeypot, whose missing mark would give it away."""
    if query.queue is not Queue.REVIEW or result is None or query.min_confidence is None:
        return False
    is_issue = result.is_label_issue and not classes.same(result.given, result.suggested)
    return is_issue and result.confidence >= query.min_confidence


def _rank(served: Served) -> int:
    return served.result.rank if served.result else 0


def _of_jobs(
    session: Session, model: type[OfJob], draws: Sequence[Draw]
) -> dict[tuple[str | None, int], OfJob]:
    """The rows of the draws' jobs on the draws' samples, by job and sample."""
    jobs = {draw.job_id for draw in draws}
    rows = session.scalars(
        select(model).where(model.job_id.in_(jobs), model.sample_id.in_([draw.sample_id for draw in draws]))
    )
    return {(row.job_id, row.sample_id): row for row in rows}
