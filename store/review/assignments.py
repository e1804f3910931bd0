"""Serves samples to reviewers, each to as many people as the dataset asks for and to nobody twice.

A served sample is leased: until the reviewer answers or the lease expires, it counts as one voice. All
serving goes on under the dataset's lock. An expired lease no longer counts, but its row stays: who answers
late, having been offline, may have answered a honeypot.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from store.database.columns import utc_now
from store.models.dataset import Dataset, Sample
from store.models.result import Result, SuspectedLabelError
from store.models.review import Lease, Queue
from store.models.verification import Role, Verification, VerificationSource
from store.review.honeypots import mix_in
from store.review.queues import QueueQuery, count_open, in_scope, is_open, open_samples
from store.review.sampling import SHUFFLED, Pick, Picker, pick
from store.verification.consensus import votes
from store.verification.verified_set import lock_dataset

OfJob = TypeVar("OfJob", Result, SuspectedLabelError)


@dataclass(frozen=True, slots=True)
class Served:
    """A sample before a reviewer, with what the queue tells of it.

    `result` is the reviewed job's; `opinions` what people have said so far, each person's newest word.
    """

    sample: Sample
    job_id: str | None
    result: Result | None = None
    re_review: SuspectedLabelError | None = None
    opinions: Sequence[Verification] = ()


@dataclass(frozen=True, slots=True)
class Serving:
    """What a reviewer gets: samples, how many more the queue holds, and until when these are theirs."""

    dataset: Dataset
    items: Sequence[Served]
    remaining: int
    expires_at: datetime


def serve(  # noqa: PLR0913 # who asks for what, all named
    session: Session,
    dataset_id: str,
    ask: QueueQuery,
    *,
    count: int,
    holding: Collection[int],
    duration: timedelta,
) -> Serving:
    """Up to `count` samples for the reviewer, first those that are theirs already but for `holding`, which
    the reviewer still has and whose leases are renewed. Raises `NotFoundError`.
    """
    dataset = lock_dataset(session, dataset_id)
    now = utc_now()
    expires_at = now + duration
    leases = {lease.sample_id: lease for lease in _leases_of(session, dataset, ask.reviewer)}
    _renew(session, dataset, [leases[key] for key in holding if key in leases], now, expires_at)
    in_hand = [lease for lease in leases.values() if lease.expires_at > now]
    picker = Picker(session, dataset, ask, now, without=set(holding))
    picks = _pick_again(picker, in_hand)[:count]
    picker = picker._replace(without={*holding, *(again.sample_id for again in picks)})
    fresh = pick(picker, count - len(picks), in_hand)
    picks += mix_in(picker, fresh, leases.values(), count - len(picks))
    for one in picks:
        _lease(session, dataset, ask, one, leases.get(one.sample_id), expires_at)
    session.flush()
    remaining = count_open(session, dataset, ask, without={*holding, *(one.sample_id for one in picks)})
    return Serving(dataset, _describe(session, ask.queue, picks), remaining, expires_at)


def release(session: Session, dataset_id: str, reviewer: str) -> None:
    """Let others have what the reviewer has not answered; honeypots stay, or they could be told by that.

    Raises `NotFoundError`.
    """
    lock_dataset(session, dataset_id)
    session.execute(
        delete(Lease).where(
            Lease.dataset_id == dataset_id, Lease.reviewer == reviewer, Lease.is_honeypot.is_(False)
        )
    )


def renew_after_undo(session: Session, withdrawal: Verification, duration: timedelta) -> None:
    """Let those who took back their own word have the sample before them again, or somebody else could be
    served it before they say what they meant. Under the lock that the withdrawal took, in its transaction.

    Nothing is leased where it waits for nobody or has gone to somebody else, nor a honeypot: it needs none.
    """
    said = session.get_one(Verification, withdrawal.withdraws_id)
    by_same = said.source is VerificationSource.REVIEW and said.reviewer == withdrawal.reviewer
    if not by_same or said.role is Role.HONEYPOT:
        return
    sample = session.get_one(Sample, said.sample_id)
    dataset = session.get_one(Dataset, said.dataset_id)
    ask, now = QueueQuery(said.reviewer, _queue_of(said, sample), said.job_id), utc_now()
    is_free = session.get(Lease, (sample.id, said.reviewer)) is None
    if is_free and session.scalar(open_samples(dataset, ask, now).where(Sample.id == sample.id)):
        _lease(session, dataset, ask, Pick(sample.id, said.job_id), None, now + duration)
        session.flush()


def _queue_of(said: Verification, sample: Sample) -> Queue:
    """Where a word that was taken back may have come from, so that the next one counts for the same."""
    if said.role is Role.ADJUDICATION:
        return Queue.TIE_BREAK if sample.contested else Queue.RE_REVIEW
    return Queue.REVIEW if said.job_id else Queue.VERIFY


def _leases_of(session: Session, dataset: Dataset, reviewer: str) -> Sequence[Lease]:
    statement = select(Lease).where(Lease.dataset_id == dataset.id, Lease.reviewer == reviewer)
    return session.scalars(statement.execution_options(populate_existing=True)).all()


def _renew(
    session: Session, dataset: Dataset, held: Sequence[Lease], now: datetime, expires_at: datetime
) -> None:
    """Extend leases; one that has expired only if the sample has not gone to somebody else meanwhile."""
    for lease in held:
        ask = QueueQuery(lease.reviewer, lease.queue, lease.job_id)
        still_open = open_samples(dataset, ask, now).where(Sample.id == lease.sample_id)
        if lease.expires_at > now or lease.is_honeypot or session.scalar(still_open):
            lease.expires_at = expires_at
    session.flush()


def _pick_again(picker: Picker, in_hand: Sequence[Lease]) -> list[Pick]:
    """What the reviewer has in hand of this queue, but for what there is no more to say about."""
    ask = picker.ask
    held = {
        lease.sample_id: lease
        for lease in in_hand
        if lease.queue is ask.queue and (ask.job_id is None or lease.job_id == ask.job_id)
        if lease.sample_id not in picker.without
    }
    if not held:
        return []
    honeypots = {key for key, lease in held.items() if lease.is_honeypot}
    is_tested = and_(Sample.id.in_(honeypots), Sample.settled_label.is_not(None))
    is_asked = and_(Sample.id.in_(held.keys() - honeypots), is_open(picker.dataset, ask, picker.now))
    statement = in_scope(picker.dataset, ask).where(Sample.id.in_(held), or_(is_tested, is_asked))
    order = (Result.rank,) if ask.queue is Queue.REVIEW else SHUFFLED
    return [
        Pick(key, held[key].job_id, is_honeypot=held[key].is_honeypot)
        for key in picker.session.scalars(statement.order_by(*order))
    ]


def _lease(  # noqa: PLR0913, PLR0917 # all that a lease says
    session: Session, dataset: Dataset, ask: QueueQuery, one: Pick, lease: Lease | None, expires_at: datetime
) -> None:
    if lease is None:
        lease = Lease(sample_id=one.sample_id, reviewer=ask.reviewer, dataset_id=dataset.id)
        session.add(lease)
    lease.queue, lease.job_id = ask.queue, one.job_id
    lease.is_honeypot, lease.expires_at = one.is_honeypot, expires_at


def _describe(session: Session, queue: Queue, picks: Sequence[Pick]) -> list[Served]:
    """What the queue tells of its samples. Where people are to judge for themselves, it tells nothing."""
    ids = [one.sample_id for one in picks]
    samples = {row.id: row for row in session.scalars(select(Sample).where(Sample.id.in_(ids)))}
    shows_ranking = queue in (Queue.REVIEW, Queue.RE_REVIEW)
    shows_opinions = queue in (Queue.TIE_BREAK, Queue.RE_REVIEW)
    results = _of_jobs(session, Result, picks) if shows_ranking else {}
    looks = _of_jobs(session, SuspectedLabelError, picks) if queue is Queue.RE_REVIEW else {}
    said = _said(session, ids) if shows_opinions else {}
    served = [
        Served(
            samples[one.sample_id],
            one.job_id,
            results.get((one.job_id, one.sample_id)),
            looks.get((one.job_id, one.sample_id)),
            votes(said.get(one.sample_id, ())),
        )
        for one in picks
    ]
    ranks = [_rank(item) for item, one in zip(served, picks, strict=True) if not one.is_honeypot]
    if queue is Queue.REVIEW and ranks == sorted(ranks):
        served.sort(key=_rank)  # where the others follow the ranks, a honeypot that did not would stand out
    return served


def _rank(served: Served) -> int:
    return served.result.rank if served.result else 0


def _of_jobs(
    session: Session, model: type[OfJob], picks: Sequence[Pick]
) -> dict[tuple[str | None, int], OfJob]:
    """What the picks' jobs have on the picks' samples."""
    jobs = {one.job_id for one in picks}
    rows = session.scalars(
        select(model).where(model.job_id.in_(jobs), model.sample_id.in_([one.sample_id for one in picks]))
    )
    return {(row.job_id, row.sample_id): row for row in rows}


def _said(session: Session, sample_ids: Sequence[int]) -> dict[int, list[Verification]]:
    said: dict[int, list[Verification]] = defaultdict(list)
    statement = select(Verification).where(Verification.sample_id.in_(sample_ids)).order_by(Verification.id)
    for verification in session.scalars(statement):
        said[verification.sample_id].append(verification)
    return said
