"""Shares of a queue: dealt evenly or by weight, served first, stable, and taken back."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Engine, select

from store.database.engine import session_scope
from store.errors import NotFoundError, NothingToShareError
from store.models import Dataset, Job, Queue, QueueShare, Result, Sample, SharedSample
from store.review.queues import QueueQuery
from store.review.shares import Assignee, assign_shares, count_shareable, deal, list_shares, take_back
from tests.store.reviewing import CAT, DOG, configure, decide, ids, request


def assign(
    engine: Engine,
    dataset: Dataset,
    assignees: Sequence[Assignee],
    queue: Queue = Queue.VERIFY,
    *,
    max_samples: int | None = None,
    **filters: Any,
) -> list[QueueShare]:
    """Assign shares as the lead."""
    with session_scope(engine) as session:
        query = QueueQuery("lead", queue, **filters)
        stored = session.get_one(Dataset, dataset.id)
        return assign_shares(session, stored, query, assignees, max_samples=max_samples, description="some")


def members(engine: Engine, share: QueueShare) -> set[int]:
    """The samples of a share."""
    with session_scope(engine, read_only=True) as session:
        of_share = select(SharedSample.sample_id).where(SharedSample.share_id == share.id)
        return set(session.scalars(of_share))


def progress(engine: Engine, dataset: Dataset) -> list[tuple[list[str], int, int]]:
    """Assignees, samples and decided samples of each share."""
    with session_scope(engine, read_only=True) as session:
        found = list_shares(session, dataset.id)
        return [(one.share.assignees, one.num_samples, one.num_decided) for one in found]


@pytest.mark.parametrize(
    ("weights", "counts"), [([1], [10]), ([1, 1], [5, 5]), ([3, 1, 1], [6, 2, 2]), ([1, 1, 1], [4, 3, 3])]
)
def test_a_deal_follows_the_weights_from_top_to_bottom(weights: list[float], counts: list[int]) -> None:
    turns = list(deal(10, weights))
    assert [turns.count(one) for one in range(len(weights))] == counts
    for end in range(1, 11):
        for one, weight in enumerate(weights):
            assert abs(turns[:end].count(one) - end * weight / sum(weights)) <= 1


def test_reviewers_are_served_their_own_share_first(engine: Engine, dataset: Dataset) -> None:
    ann, bob = assign(engine, dataset, [Assignee(["ann"]), Assignee(["bob"])], max_samples=20)
    own = {"ann": members(engine, ann), "bob": members(engine, bob)}
    assert [len(own["ann"]), len(own["bob"])] == [10, 10]
    assert not own["ann"] & own["bob"]
    for name, samples in own.items():
        assert set(ids(request(engine, dataset, name, count=10))) == samples
    unassigned = set(ids(request(engine, dataset, "eve", count=10)))
    assert not unassigned & (own["ann"] | own["bob"])


def test_whoever_has_finished_helps_with_the_rest_and_then_with_others(
    engine: Engine, dataset: Dataset
) -> None:
    ann, bob = assign(engine, dataset, [Assignee(["ann"]), Assignee(["bob"])], max_samples=20)
    served = ids(request(engine, dataset, "ann", count=30))
    assert set(served[:10]) == members(engine, ann)
    assert set(served[20:]) == members(engine, bob)


def test_a_group_works_on_one_share_together(engine: Engine, dataset: Dataset) -> None:
    (share,) = assign(engine, dataset, [Assignee(["ann", "bob"])], max_samples=10)
    ann, bob = (set(ids(request(engine, dataset, name, count=5))) for name in ("ann", "bob"))
    assert ann | bob == members(engine, share)
    assert not ann & bob


def test_a_ranking_is_dealt_like_cards(engine: Engine, dataset: Dataset, job: Job) -> None:
    filters = {"job_id": job.id, "given": CAT}
    both = assign(
        engine, dataset, [Assignee(["ann"]), Assignee(["bob"])], Queue.REVIEW, max_samples=6, **filters
    )
    with session_scope(engine, read_only=True) as session:
        ranked = select(Result.sample_id).where(Result.job_id == job.id, Result.given == CAT)
        first = session.scalars(ranked.order_by(Result.rank).limit(6)).all()
    assert [members(engine, one) for one in both] == [set(first[::2]), set(first[1::2])]
    served = request(engine, dataset, "bob", Queue.REVIEW, count=3, job_id=job.id)
    assert ids(served) == list(first[1::2])


def test_a_share_keeps_its_samples_while_others_are_assigned_and_decided(
    engine: Engine, dataset: Dataset
) -> None:
    (ann,) = assign(engine, dataset, [Assignee(["ann"])], given=CAT)
    before = members(engine, ann)
    (bob,) = assign(engine, dataset, [Assignee(["bob"])])
    assert members(engine, bob).isdisjoint(before)
    for sample_id in sorted(members(engine, bob))[:3]:
        decide(engine, sample_id, "bob", DOG)
    assert members(engine, ann) == before
    with session_scope(engine, read_only=True) as session:
        total = session.scalars(select(SharedSample.sample_id)).all()
    assert len(total) == len(set(total)) == 30


def test_progress_counts_decisions_of_assignees_and_verdicts(engine: Engine, dataset: Dataset) -> None:
    configure(engine, dataset, overlap=2)
    ann, bob = assign(engine, dataset, [Assignee(["ann"]), Assignee(["bob"])], max_samples=8)
    own, other = sorted(members(engine, ann)), sorted(members(engine, bob))
    decide(engine, own[0], "ann", CAT)  # her opinion, no verdict yet
    decide(engine, other[0], "ann", CAT)  # of no share of hers
    for name in ("eve", "fay"):
        decide(engine, own[1], name, CAT)  # settled by others
    assert progress(engine, dataset) == [(["ann"], 4, 2), (["bob"], 4, 0)]


def test_a_share_is_taken_back(engine: Engine, dataset: Dataset) -> None:
    (ann,) = assign(engine, dataset, [Assignee(["ann"])])
    with session_scope(engine) as session:
        take_back(session, dataset.id, ann.id)
    assert progress(engine, dataset) == []
    assert members(engine, ann) == set()
    with session_scope(engine, read_only=True) as session:
        stored = session.get_one(Dataset, dataset.id)
        assert count_shareable(session, stored, QueueQuery("", Queue.VERIFY)) == 30


def test_what_cannot_be_assigned_is_refused(engine: Engine, dataset: Dataset) -> None:
    (ann,) = assign(engine, dataset, [Assignee(["ann"])])
    with pytest.raises(NothingToShareError, match="take another share back"):
        assign(engine, dataset, [Assignee(["bob"])])
    with session_scope(engine) as session, pytest.raises(NotFoundError):
        take_back(session, "another", ann.id)
    assert Counter(len(one[0]) for one in progress(engine, dataset)) == {1: 1}


def test_settled_samples_are_not_assigned(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine, read_only=True) as session:
        first = session.scalars(select(Sample.id).order_by(Sample.id)).first()
    assert first is not None
    decide(engine, first, "eve", CAT)
    (ann,) = assign(engine, dataset, [Assignee(["ann"])])
    assert first not in members(engine, ann)
    assert len(members(engine, ann)) == 29
