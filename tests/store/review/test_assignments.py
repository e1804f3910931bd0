"""Leases: one voice each, nothing served twice, nothing lost."""

from typing import Any

import pytest
from sqlalchemy import Engine, select

from store.database.columns import utc_now
from store.database.engine import session_scope
from store.errors import NotFoundError
from store.infrastructure.blobs import ObjectBlobStore
from store.models import Dataset, Job, Lease, Queue, Role, Sample, Verdict, Verification
from store.review import decisions
from store.review.assignments import release, renew_after_undo, serve
from store.review.queues import QueueQuery
from store.verification.record import verify, withdraw
from tests.factories import make_dataset, make_succeeded_job, verify_given
from tests.store.reviewing import CAT, DOG, TEN_MINUTES, ask, expire, ids, prepare, say


@pytest.fixture
def dataset(engine: Engine, blobs: ObjectBlobStore) -> Dataset:
    """Thirty samples of three classes in turn, nothing verified."""
    with session_scope(engine) as session:
        return make_dataset(session, blobs, num_samples=30)


@pytest.fixture
def job(engine: Engine, dataset: Dataset) -> Job:
    """A job with results: sample i is an issue, and among the most suspicious, where 3 divides i."""
    with session_scope(engine) as session:
        return make_succeeded_job(session, session.merge(dataset))


def test_two_reviewers_never_get_the_same(engine: Engine, dataset: Dataset) -> None:
    ann, bob = ask(engine, dataset, "ann"), ask(engine, dataset, "bob")
    assert len(ann.items) == len(bob.items) == 10
    assert not set(ids(ann)) & set(ids(bob))
    assert (ann.remaining, bob.remaining) == (20, 10)


def test_with_overlap_each_goes_to_so_many_people(engine: Engine, dataset: Dataset) -> None:
    prepare(engine, dataset, overlap=2)
    served = {name: set(ids(ask(engine, dataset, name, count=30))) for name in ("ann", "bob", "eve")}
    assert len(served["ann"]) == 30
    assert served["ann"] == served["bob"]
    assert not served["eve"]


def test_a_reload_gets_the_same_again_and_holding_does_not(engine: Engine, dataset: Dataset) -> None:
    first = ask(engine, dataset, "ann")
    assert sorted(ids(ask(engine, dataset, "ann"))) == sorted(ids(first))
    more = ask(engine, dataset, "ann", holding=ids(first))
    assert not set(ids(more)) & set(ids(first))
    assert more.remaining == 10
    assert more.expires_at > first.expires_at


def test_an_expired_lease_goes_to_others_and_comes_back_to_nobody(engine: Engine, dataset: Dataset) -> None:
    first = ids(ask(engine, dataset, "ann", count=30))
    assert ids(ask(engine, dataset, "bob")) == []
    expire(engine, "ann")
    second = ids(ask(engine, dataset, "bob", count=10))
    assert len(second) == 10
    held = ask(engine, dataset, "ann", holding=first)
    assert (ids(held), held.remaining) == ([], 0)
    with session_scope(engine, read_only=True) as session:
        renewed = select(Lease.sample_id).where(Lease.reviewer == "ann", Lease.expires_at > utc_now())
        assert set(session.scalars(renewed)) == set(first) - set(second)


def test_a_late_answer_is_taken(engine: Engine, dataset: Dataset) -> None:
    (sample_id, *_) = ids(ask(engine, dataset, "ann"))
    expire(engine, "ann")
    say(engine, sample_id, "ann", CAT)
    with session_scope(engine, read_only=True) as session:
        assert session.get(Lease, (sample_id, "ann")) is None
        assert session.get_one(Sample, sample_id).settled_label == CAT


def test_what_is_answered_is_not_served_again(engine: Engine, dataset: Dataset) -> None:
    seen: list[int] = []
    while batch := ids(ask(engine, dataset, "ann", count=7)):
        for sample_id in batch:
            say(engine, sample_id, "ann", CAT)
        seen += batch
    assert len(seen) == len(set(seen)) == 30


def test_undo_puts_it_back_into_the_queue(engine: Engine, dataset: Dataset) -> None:
    for sample_id in ids(ask(engine, dataset, "ann", count=30)):
        say(engine, sample_id, "ann", CAT)
    assert ids(ask(engine, dataset, "ann")) == []
    with session_scope(engine) as session:
        verify(session, sample_id, Verdict.WITHDRAWN, reviewer="ann")
    assert ids(ask(engine, dataset, "ann")) == [sample_id]


def test_giving_back(engine: Engine, dataset: Dataset) -> None:
    ask(engine, dataset, "ann", count=30)
    with session_scope(engine) as session:
        release(session, dataset.id, "ann")
    assert len(ids(ask(engine, dataset, "bob", count=30))) == 30
    with pytest.raises(NotFoundError), session_scope(engine) as session:
        release(session, "nothing", "ann")


def test_uploads_are_settled_and_not_served(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        verify_given(session, dataset)
    served = ask(engine, dataset, "ann", count=30)
    assert (len(served.items), served.remaining) == (21, 0)


def test_a_lease_moves_to_the_queue_that_asks(engine: Engine, dataset: Dataset, job: Job) -> None:
    ask(engine, dataset, "ann", count=30)
    served = ask(engine, dataset, "ann", Queue.REVIEW, job_id=job.id, count=30)
    assert len(served.items) == 30
    say(engine, served.items[0].sample.id, "ann", CAT)
    with session_scope(engine, read_only=True) as session:
        assert session.scalars(select(Verification.job_id)).all() == [job.id]


def test_an_unknown_dataset(engine: Engine, dataset: Dataset) -> None:
    with pytest.raises(NotFoundError, match="no dataset nothing"), session_scope(engine) as session:
        serve(session, "nothing", QueueQuery("", Queue.VERIFY), count=1, holding=(), duration=TEN_MINUTES)


def test_who_takes_back_a_word_has_the_sample_again(engine: Engine, dataset: Dataset, job: Job) -> None:
    ranking: dict[str, Any] = {"queue": Queue.REVIEW, "job_id": job.id, "count": 1}
    for wanted in ({"count": 1}, ranking):
        (sample_id,) = ids(ask(engine, dataset, "ann", **wanted))
        said = say(engine, sample_id, "ann", CAT)
        take_back(engine, said)
        assert sample_id not in ids(ask(engine, dataset, "bob", count=30))
        assert ids(ask(engine, dataset, "ann", **wanted)) == [sample_id]
        assert say(engine, sample_id, "ann", DOG).job_id == said.job_id
        with session_scope(engine) as session:
            release(session, dataset.id, "bob")


def test_who_takes_back_a_last_word_has_the_last_word_again(engine: Engine, dataset: Dataset) -> None:
    prepare(engine, dataset, overlap=2)
    (sample_id, *_) = ids(ask(engine, dataset, "ann"))
    for name, label in (("ann", CAT), ("bob", DOG)):
        say(engine, sample_id, name, label)
    assert ids(ask(engine, dataset, "eve", Queue.TIE_BREAK)) == [sample_id]
    take_back(engine, say(engine, sample_id, "eve", CAT))
    assert ids(ask(engine, dataset, "joe", Queue.TIE_BREAK)) == []
    assert say(engine, sample_id, "eve", DOG).role is Role.ADJUDICATION


def test_nobody_is_leased_what_others_took_back_or_have(engine: Engine, dataset: Dataset) -> None:
    first, second = ids(ask(engine, dataset, "ann", count=2))
    take_back(engine, say(engine, first, "ann", CAT), "boss")
    said = say(engine, second, "ann", CAT)
    with session_scope(engine) as session:
        withdrawal = withdraw(session, said.id, "ann")  # and before the lease is taken, it goes to bob
        assert second in [
            one.sample.id
            for one in serve(
                session,
                dataset.id,
                QueueQuery("bob", Queue.VERIFY),
                count=30,
                holding=(),
                duration=TEN_MINUTES,
            ).items
        ]
        renew_after_undo(session, withdrawal, TEN_MINUTES)
    with session_scope(engine, read_only=True) as session:
        assert session.scalars(select(Lease.sample_id).where(Lease.reviewer == "ann")).all() == []


def take_back(engine: Engine, said: Verification, by: str | None = None) -> None:
    """As the service does it: by the reviewer who decided, unless `by` names another."""
    with session_scope(engine) as session:
        decisions.withdraw(session, said.id, by or said.reviewer, lease=TEN_MINUTES)
