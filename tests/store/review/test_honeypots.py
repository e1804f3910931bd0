"""Honeypots: as many as configured, indistinguishable from other samples, without effect on labels."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select

from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore
from store.models import Dataset, Job, Lease, Queue, Role, Sample, Verdict, Verification
from store.review.assignments import Serving, release
from store.verification.record import verify, withdraw
from store.verification.settlement import change_overlap
from tests.factories import get_samples, make_dataset, make_succeeded_job, verify_given
from tests.store.reviewing import CAT, DOG, configure, decide, expire, ids, request

NUM_SAMPLES = 300


@pytest.fixture
def dataset(engine: Engine, blobs: ObjectBlobStore) -> Dataset:
    """Three hundred samples, half of them verified, with a honeypot rate of 1/3."""
    with session_scope(engine) as session:
        dataset = make_dataset(session, blobs, num_samples=NUM_SAMPLES)
        verify_given(session, dataset, per_class=50)
        dataset.honeypot_rate = 1 / 3
        return dataset


@pytest.fixture
def job(engine: Engine, dataset: Dataset) -> Job:
    """A job with results."""
    with session_scope(engine) as session:
        return make_succeeded_job(session, session.merge(dataset))


def honeypots(engine: Engine, serving: Serving) -> list[int]:
    """Those of the served samples that are honeypots."""
    with session_scope(engine, read_only=True) as session:
        leased = set(session.scalars(select(Lease.sample_id).where(Lease.is_honeypot)))
    return [key for key in ids(serving) if key in leased]


def one_honeypot(engine: Engine, dataset: Dataset, reviewer: str = "ann") -> int:
    """A honeypot that the reviewer has in hand."""
    return honeypots(engine, request(engine, dataset, reviewer, count=30))[0]


def settled(engine: Engine, sample_id: int) -> tuple[int | None, int]:
    """The sample's settled class and number of opinions."""
    with session_scope(engine, read_only=True) as session:
        sample = session.get_one(Sample, sample_id)
        return sample.settled_label, sample.num_opinions


def batches(engine: Engine, dataset: Dataset, count: int, size: int) -> Iterator[list[bool]]:
    """Serve `count` times and decide on everything; per served sample whether it is a honeypot."""
    for _ in range(count):
        serving = request(engine, dataset, "ann", count=size)
        pots = honeypots(engine, serving)
        for served in serving.items:
            decide(engine, served.sample.id, "ann", served.sample.given_label)
        yield [served.sample.id in pots for served in serving.items]


@pytest.mark.parametrize("size", [1, 30])
def test_about_as_many_as_the_rate_says(engine: Engine, dataset: Dataset, size: int) -> None:
    served = [pot for batch in batches(engine, dataset, 90 // size, size) for pot in batch]
    assert len(served) == 90
    assert 15 <= sum(served) <= 45  # 30 expected; four standard deviations


def test_none_at_rate_zero(engine: Engine, dataset: Dataset) -> None:
    configure(engine, dataset, honeypot_rate=0.0)
    assert honeypots(engine, request(engine, dataset, "ann", count=50)) == []


def test_none_in_an_empty_queue(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        verify_given(session, dataset, per_class=100)
    assert ids(request(engine, dataset, "ann")) == []


def test_ranked_honeypots_look_like_their_neighbours(engine: Engine, dataset: Dataset, job: Job) -> None:
    served = request(engine, dataset, "ann", Queue.REVIEW, job_id=job.id, count=30, given=CAT)
    pots = honeypots(engine, served)
    assert 0 < len(pots) < 30
    assert all(item.result and item.job_id == job.id for item in served.items)
    assert {item.sample.given_label for item in served.items} == {CAT}
    ranks = [item.result.rank for item in served.items if item.result]
    assert ranks == sorted(set(ranks))
    assert max(ranks) - min(ranks) == 29  # the nearest settled samples, right before


def test_an_answer_does_not_change_the_sample(engine: Engine, dataset: Dataset) -> None:
    key = one_honeypot(engine, dataset)
    before = settled(engine, key)
    decision = decide(engine, key, "ann", (before[0] or 0) + 1 if before[0] != 2 else CAT)
    assert (decision.role, decision.job_id) == (Role.HONEYPOT, None)
    assert settled(engine, key) == before
    assert key not in ids(request(engine, dataset, "ann", count=30))


def test_an_answer_after_the_lease_expired_is_still_a_honeypot_answer(
    engine: Engine, dataset: Dataset
) -> None:
    key = one_honeypot(engine, dataset)
    expire(engine, "ann")
    assert decide(engine, key, "ann").role is Role.HONEYPOT


def test_an_answer_resent_or_given_again_is_still_a_honeypot_answer(
    engine: Engine, dataset: Dataset, job: Job
) -> None:
    key = one_honeypot(engine, dataset)
    first, second = (decide(engine, key, "ann", None, job_id=job.id) for _ in range(2))
    assert first.id == second.id
    with session_scope(engine) as session:
        verify(session, key, Verdict.WITHDRAWN, reviewer="ann")
    assert decide(engine, key, "ann", DOG).role is Role.HONEYPOT
    assert settled(engine, key)[1] == 0


def test_a_different_later_decision_is_an_opinion(engine: Engine, dataset: Dataset) -> None:
    key = one_honeypot(engine, dataset)
    decide(engine, key, "ann")
    with session_scope(engine) as session:
        assert verify(session, key, Verdict.UNUSABLE, reviewer="ann").role is Role.OPINION
    assert settled(engine, key) == (None, 1)


def test_an_answer_can_be_withdrawn(engine: Engine, dataset: Dataset) -> None:
    key = one_honeypot(engine, dataset)
    before = settled(engine, key)
    decision = decide(engine, key, "ann")
    with session_scope(engine) as session:
        assert withdraw(session, decision.id, "boss").role is Role.HONEYPOT
    assert settled(engine, key) == before


def test_release_keeps_honeypots(engine: Engine, dataset: Dataset) -> None:
    pots = honeypots(engine, request(engine, dataset, "ann", count=30))
    with session_scope(engine) as session:
        release(session, dataset.id, "ann")
    again = request(engine, dataset, "ann", count=30)
    assert set(pots) <= set(ids(again))


def test_a_honeypot_lease_does_not_count_as_an_opinion(engine: Engine, dataset: Dataset) -> None:
    key = one_honeypot(engine, dataset)
    with session_scope(engine) as session:
        for decision in session.scalars(select(Verification).where(Verification.sample_id == key)).all():
            withdraw(session, decision.id)
    others = {one for batch in range(10) for one in ids(request(engine, dataset, f"bob{batch}", count=50))}
    assert key in others


@pytest.mark.parametrize("queue", [Queue.VERIFY, Queue.REVIEW])
def test_samples_that_lack_opinions_are_no_honeypots(
    engine: Engine, dataset: Dataset, job: Job, queue: Queue
) -> None:
    with session_scope(engine) as session:
        for sample in get_samples(session, dataset)[150:]:
            verify(session, sample.id, Verdict.CORRECT, reviewer="ann")
        change_overlap(session, dataset.id, 2)
    job_id = job.id if queue is Queue.REVIEW else None
    served = request(engine, dataset, "bob", queue, count=50, job_id=job_id)
    assert len(set(ids(served))) == 50
    uploaded = {key for key in honeypots(engine, served) if settled(engine, key)[1] == 0}
    assert uploaded == set(honeypots(engine, served)) != set()
