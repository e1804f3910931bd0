"""Shares of a queue: a lead assigns undecided samples to people or groups, who are served these first.

A sample is in one share at most and stays in it, whatever arrives later, until the share is taken back. A
share reserves nothing: whoever has finished their own is served samples in no share, then those in the shares
of others. So no sample waits for somebody who is away, and second opinions are still possible.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heapreplace

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, true
from sqlalchemy.orm import Session

from store.database.bulk import insert_rows
from store.errors import NotFoundError, NothingToShareError
from store.models.dataset import Dataset, Sample
from store.models.review import Queue, QueueShare, SharedSample
from store.models.verification import Verification, VerificationSource
from store.results.corrected_label import least_certain_first
from store.review.queues import QueueQuery, SampleIds, in_scope
from store.verification.consensus import is_active
from store.verification.verified_set import lock_dataset


@dataclass(frozen=True, slots=True)
class Assignee:
    """A person, or several people who work on one share. Shares are as large as their `weight` (> 0)."""

    reviewers: Sequence[str]
    weight: float = 1


@dataclass(frozen=True, slots=True)
class ShareProgress:
    """A share, the number of its samples, and how many of them an assignee or a verdict has decided."""

    share: QueueShare
    num_samples: int
    num_decided: int


def count_shareable(session: Session, dataset: Dataset, query: QueueQuery) -> int:
    """How many undecided samples without a share match."""
    counted = _shareable(dataset, query).with_only_columns(func.count())
    return session.scalar(counted) or 0


def assign_shares(  # noqa: PLR0913 # who gets which samples, all named
    session: Session,
    dataset: Dataset,
    query: QueueQuery,
    assignees: Sequence[Assignee],
    *,
    max_samples: int | None,
    description: str,
) -> list[QueueShare]:
    """Deal the samples of a queue out to `assignees`, as `query.reviewer`; the first `max_samples`, if given.

    The order of the queue is dealt like cards: everybody gets samples from the top and from the bottom.
    Raises `NothingToShareError`.
    """
    lock_dataset(session, dataset.id)
    statement = _shareable(dataset, query)
    by_rank = least_certain_first(query.min_confidence, dataset.class_map)
    order = by_rank if query.queue is Queue.REVIEW else (Sample.sha256,)
    ids = session.scalars(statement.order_by(*order, Sample.id).limit(max_samples)).all()
    if not ids:
        raise NothingToShareError
    shares = [
        QueueShare(
            dataset_id=dataset.id,
            assignees=list(one.reviewers),
            description=description,
            reviewer=query.reviewer,
        )
        for one in assignees
    ]
    session.add_all(shares)
    session.flush()
    turns = deal(len(ids), [one.weight for one in assignees])
    rows = [{"sample_id": key, "share_id": shares[turn].id} for key, turn in zip(ids, turns, strict=True)]
    insert_rows(session, SharedSample, rows)
    return shares


def deal(count: int, weights: Sequence[float]) -> Iterator[int]:
    """Whose turn it is, `count` times. At any time, the numbers of turns are in proportion to the weights, as
    closely as whole numbers can be (the method of Webster and Sainte-Laguë).
    """
    heap = [(0.5 / weight, turn, 1) for turn, weight in enumerate(weights)]
    heapify(heap)
    for _ in range(count):
        _, turn, nth = heap[0]
        heapreplace(heap, ((nth + 0.5) / weights[turn], turn, nth + 1))
        yield turn


def list_shares(session: Session, dataset_id: str) -> list[ShareProgress]:
    """All shares of the dataset with their progress, oldest first."""
    shares = session.scalars(
        select(QueueShare).where(QueueShare.dataset_id == dataset_id).order_by(QueueShare.id)
    )
    return [_measure(session, share) for share in shares]


def take_back(session: Session, dataset_id: str, share_id: int) -> None:
    """Delete a share. Decisions stay; its other samples are in no share. Raises `NotFoundError`."""
    lock_dataset(session, dataset_id)
    deleted = session.execute(
        delete(QueueShare)
        .where(QueueShare.dataset_id == dataset_id, QueueShare.id == share_id)
        .returning(QueueShare.id)
    )
    if deleted.first() is None:
        raise NotFoundError("share", share_id)


def list_tiers(session: Session, dataset_id: str, reviewer: str) -> list[ColumnElement[bool]]:
    """Conditions on a sample, in the order in which the reviewer is served: own, unassigned, others'."""
    rows = session.execute(
        select(QueueShare.id, QueueShare.assignees).where(QueueShare.dataset_id == dataset_id)
    ).all()
    if not rows:
        return [true()]
    own = [key for key, assignees in rows if reviewer in assignees]
    others = [key for key, assignees in rows if reviewer not in assignees]
    return [_is_in(own), ~_is_in([*own, *others]), _is_in(others)]


def _is_in(share_ids: Sequence[int]) -> ColumnElement[bool]:
    return exists().where(SharedSample.sample_id == Sample.id, SharedSample.share_id.in_(share_ids))


def _shareable(dataset: Dataset, query: QueueQuery) -> SampleIds:
    """Samples in the queue's scope that nobody has settled and that are in no share."""
    is_shared = exists().where(SharedSample.sample_id == Sample.id)
    return in_scope(dataset, query).where(Sample.verdict.is_(None), ~is_shared)


def _measure(session: Session, share: QueueShare) -> ShareProgress:
    by_assignee = exists().where(
        Verification.sample_id == Sample.id,
        Verification.reviewer.in_(share.assignees),
        and_(Verification.source == VerificationSource.REVIEW, is_active()),
    )
    is_decided = or_(Sample.verdict.is_not(None), by_assignee)
    of_share = (
        select(func.count())
        .select_from(SharedSample)
        .join(Sample, Sample.id == SharedSample.sample_id)
        .where(SharedSample.share_id == share.id)
    )
    total, decided = (session.scalar(of_share.where(one)) or 0 for one in (true(), is_decided))
    return ShareProgress(share, total, decided)
