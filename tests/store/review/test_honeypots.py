"""Honeypots: as many as asked for, like the others, and without any consequence."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select

from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore
from store.models import Dataset, Job, Lease, Queue, Role, Sample, Verdict, Verification
from store.review.assignments import Serving, release
from store.verification.record import change_overlap, verify, withdraw
from tests.factories import get_samples, make_dataset, make_succeeded_job, verify_given
from tests.store.reviewing import CAT, DOG, ask, expire, ids, prepare, say

NUM_SAMPLES = 300


@pytest.fixture
def dataset(engine: Engine, blobs: ObjectBlobStore) -> Dataset:
    """Three hundred samples, half of them verified; every third item served is to be a honeypot."""
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
    return honeypots(engine, ask(engine, dataset, reviewer, count=30))[0]


def settled(engine: Engine, sample_id: int) -> tuple[int | None, int]:
    """The sample's class and how many opinions there are."""
    with session_scope(engine, read_only=True) as session:
        sample = session.get_one(Sample, sample_id)
        return sample.settled_label, sample.num_opinions


def batches(engine: Engine, dataset: Dataset, count: int, size: int) -> Iterator[list[bool]]:
    """Serve `count` times, answering everything; per served sample whether it is a honeypot."""
    for _ in range(count):
        serving = ask(engine, dataset, "ann", count=size)
        pots = honeypots(engine, serving)
        for served in serving.items:
            say(engine, served.sample.id, "ann", served.sample.given_label)
        yield [served.sample.id in pots for served in serving.items]


@pytest.mark.parametrize("size", [1, 30])
def test_about_as_many_as_asked_for(engine: Engine, dataset: Dataset, size: int) -> None:
    served = [pot for batch in batches(engine, dataset, 90 // size, size) for pot in batch]
    assert len(served) == 90
    assert 15 <= sum(served) <= 45  # 30 expected; four standard deviations


def test_none_where_none_are_asked_for(engine: Engine, dataset: Dataset) -> None:
    prepare(engine, dataset, honeypot_rate=0.0)
    assert honeypots(engine, ask(engine, dataset, "ann", count=50)) == []


def test_none_where_nothing_else_is_left(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        verify_given(session, dataset, per_class=100)
    assert ids(ask(engine, dataset, "ann")) == []


def test_in_a_ranking_they_look_like_their_neighbours(engine: Engine, dataset: Dataset, job: Job) -> None:
    served = ask(engine, dataset, "ann", Queue.REVIEW, job_id=job.id, count=30, given=CAT)
    pots = honeypots(engine, served)
    assert 0 < len(pots) < 30
    assert all(item.result and item.job_id == job.id for item in served.items)
    assert {item.sample.given_label for item in served.items} == {CAT}
    ranks = [item.result.rank for item in served.items if item.result]
    assert ranks == sorted(set(ranks))
    assert max(ranks) - min(ranks) == 29  # the nearest that are settled, just before


def test_an_answer_changes_nothing(engine: Engine, dataset: Dataset) -> None:
    key = one_honeypot(engine, dataset)
    before = settled(engine, key)
    said = say(engine, key, "ann", (before[0] or 0) + 1 if before[0] != 2 else CAT)
    assert (said.role, said.job_id) == (Role.HONEYPOT, None)
    assert settled(engine, key) == before
    assert key not in ids(ask(engine, dataset, "ann", count=30))


def test_a_late_answer_changes_nothing_either(engine: Engine, dataset: Dataset) -> None:
    key = one_honeypot(engine, dataset)
    expire(engine, "ann")
    assert say(engine, key, "ann").role is Role.HONEYPOT


def test_an_answer_sent_twice_or_given_again_is_still_one(engine: Engine, dataset: Dataset, job: Job) -> None:
    key = one_honeypot(engine, dataset)
    first, second = (say(engine, key, "ann", None, job_id=job.id) for _ in range(2))
    assert first.id == second.id
    with session_scope(engine) as session:
        verify(session, key, Verdict.WITHDRAWN, reviewer="ann")
    assert say(engine, key, "ann", DOG).role is Role.HONEYPOT
    assert settled(engine, key)[1] == 0


def test_who_says_something_else_later_means_it(engine: Engine, dataset: Dataset) -> None:
    key = one_honeypot(engine, dataset)
    say(engine, key, "ann")
    with session_scope(engine) as session:
        assert verify(session, key, Verdict.UNUSABLE, reviewer="ann").role is Role.OPINION
    assert settled(engine, key) == (None, 1)


def test_an_answer_can_be_taken_back(engine: Engine, dataset: Dataset) -> None:
    key = one_honeypot(engine, dataset)
    before = settled(engine, key)
    said = say(engine, key, "ann")
    with session_scope(engine) as session:
        assert withdraw(session, said.id, "boss").role is Role.HONEYPOT
    assert settled(engine, key) == before


def test_giving_back_keeps_them(engine: Engine, dataset: Dataset) -> None:
    pots = honeypots(engine, ask(engine, dataset, "ann", count=30))
    with session_scope(engine) as session:
        release(session, dataset.id, "ann")
    again = ask(engine, dataset, "ann", count=30)
    assert set(pots) <= set(ids(again))


def test_they_take_nobody_a_voice(engine: Engine, dataset: Dataset) -> None:
    key = one_honeypot(engine, dataset)
    with session_scope(engine) as session:
        for said in session.scalars(select(Verification).where(Verification.sample_id == key)).all():
            withdraw(session, said.id)
    others = {one for batch in range(10) for one in ids(ask(engine, dataset, f"bob{batch}", count=50))}
    assert key in others


@pytest.mark.parametrize("queue", [Queue.VERIFY, Queue.REVIEW])
def test_what_lacks_opinions_since_the_overlap_was_raised_is_none(
    engine: Engine, dataset: Dataset, job: Job, queue: Queue
) -> None:
    with session_scope(engine) as session:
        for sample in get_samples(session, dataset)[150:]:
            verify(session, sample.id, Verdict.CORRECT, reviewer="ann")
        change_overlap(session, dataset.id, 2)
    job_id = job.id if queue is Queue.REVIEW else None
    served = ask(engine, dataset, "bob", queue, count=50, job_id=job_id)
    assert len(set(ids(served))) == 50
    uploaded = {key for key in honeypots(engine, served) if settled(engine, key)[1] == 0}
    assert uploaded == set(honeypots(engine, served)) != set()
