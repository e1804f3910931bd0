"""Leases: each counts as one opinion, no sample is served twice, none is lost."""

from typing import Any

import pytest
from sqlalchemy import Engine, select

from store.database.columns import utc_now
from store.database.engine import session_scope
from store.errors import NotFoundError
from store.models import Dataset, Job, Lease, Queue, Role, Sample, Verdict, Verification
from store.review import decisions
from store.review.assignments import release, renew_after_undo, serve
from store.review.queues import QueueQuery
from store.verification.record import verify, withdraw
from tests.factories import verify_given
from tests.store.reviewing import CAT, DOG, TEN_MINUTES, configure, decide, expire, ids, request


def test_two_reviewers_get_different_samples(engine: Engine, dataset: Dataset) -> None:
    ann, bob = request(engine, dataset, "ann"), request(engine, dataset, "bob")
    assert len(ann.items) == len(bob.items) == 10
    assert not set(ids(ann)) & set(ids(bob))
    assert (ann.remaining, bob.remaining) == (20, 10)


def test_overlap_is_the_number_of_reviewers_per_sample(engine: Engine, dataset: Dataset) -> None:
    configure(engine, dataset, overlap=2)
    served = {name: set(ids(request(engine, dataset, name, count=30))) for name in ("ann", "bob", "eve")}
    assert len(served["ann"]) == 30
    assert served["ann"] == served["bob"]
    assert not served["eve"]


def test_a_reload_serves_the_same_samples_except_those_held(engine: Engine, dataset: Dataset) -> None:
    first = request(engine, dataset, "ann")
    assert sorted(ids(request(engine, dataset, "ann"))) == sorted(ids(first))
    more = request(engine, dataset, "ann", holding=ids(first))
    assert not set(ids(more)) & set(ids(first))
    assert more.remaining == 10
    assert more.expires_at > first.expires_at


def test_a_sample_with_an_expired_lease_goes_to_one_other_reviewer(engine: Engine, dataset: Dataset) -> None:
    first = ids(request(engine, dataset, "ann", count=30))
    assert ids(request(engine, dataset, "bob")) == []
    expire(engine, "ann")
    second = ids(request(engine, dataset, "bob", count=10))
    assert len(second) == 10
    held = request(engine, dataset, "ann", holding=first)
    assert (ids(held), held.remaining) == ([], 0)
    with session_scope(engine, read_only=True) as session:
        renewed = select(Lease.sample_id).where(Lease.reviewer == "ann", Lease.expires_at > utc_now())
        assert set(session.scalars(renewed)) == set(first) - set(second)


def test_a_decision_after_the_lease_expired_counts(engine: Engine, dataset: Dataset) -> None:
    (sample_id, *_) = ids(request(engine, dataset, "ann"))
    expire(engine, "ann")
    decide(engine, sample_id, "ann", CAT)
    with session_scope(engine, read_only=True) as session:
        assert session.get(Lease, (sample_id, "ann")) is None
        assert session.get_one(Sample, sample_id).settled_label == CAT


def test_decided_samples_are_not_served_again(engine: Engine, dataset: Dataset) -> None:
    seen: list[int] = []
    while batch := ids(request(engine, dataset, "ann", count=7)):
        for sample_id in batch:
            decide(engine, sample_id, "ann", CAT)
        seen += batch
    assert len(seen) == len(set(seen)) == 30


def test_undo_returns_the_sample_to_the_queue(engine: Engine, dataset: Dataset) -> None:
    for sample_id in ids(request(engine, dataset, "ann", count=30)):
        decide(engine, sample_id, "ann", CAT)
    assert ids(request(engine, dataset, "ann")) == []
    with session_scope(engine) as session:
        verify(session, sample_id, Verdict.WITHDRAWN, reviewer="ann")
    assert ids(request(engine, dataset, "ann")) == [sample_id]


def test_released_samples_go_to_others(engine: Engine, dataset: Dataset) -> None:
    request(engine, dataset, "ann", count=30)
    with session_scope(engine) as session:
        release(session, dataset.id, "ann")
    assert len(ids(request(engine, dataset, "bob", count=30))) == 30
    with pytest.raises(NotFoundError), session_scope(engine) as session:
        release(session, "nothing", "ann")


def test_samples_settled_by_an_upload_are_not_served(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        verify_given(session, dataset)
    served = request(engine, dataset, "ann", count=30)
    assert (len(served.items), served.remaining) == (21, 0)


def test_a_lease_moves_to_the_requesting_queue(engine: Engine, dataset: Dataset, job: Job) -> None:
    request(engine, dataset, "ann", count=30)
    served = request(engine, dataset, "ann", Queue.REVIEW, job_id=job.id, count=30)
    assert len(served.items) == 30
    decide(engine, served.items[0].sample.id, "ann", CAT)
    with session_scope(engine, read_only=True) as session:
        assert session.scalars(select(Verification.job_id)).all() == [job.id]


def test_an_unknown_dataset_is_not_found(engine: Engine, dataset: Dataset) -> None:
    with pytest.raises(NotFoundError, match="no dataset nothing"), session_scope(engine) as session:
        serve(session, "nothing", QueueQuery("", Queue.VERIFY), count=1, holding=(), duration=TEN_MINUTES)


def test_undo_leases_the_sample_again(engine: Engine, dataset: Dataset, job: Job) -> None:
    ranking: dict[str, Any] = {"queue": Queue.REVIEW, "job_id": job.id, "count": 1}
    for filters in ({"count": 1}, ranking):
        (sample_id,) = ids(request(engine, dataset, "ann", **filters))
        decision = decide(engine, sample_id, "ann", CAT)
        withdraw_and_lease(engine, decision)
        assert sample_id not in ids(request(engine, dataset, "bob", count=30))
        assert ids(request(engine, dataset, "ann", **filters)) == [sample_id]
        assert decide(engine, sample_id, "ann", DOG).job_id == decision.job_id
        with session_scope(engine) as session:
            release(session, dataset.id, "bob")


def test_undo_of_an_adjudication_allows_another_adjudication(engine: Engine, dataset: Dataset) -> None:
    configure(engine, dataset, overlap=2)
    (sample_id, *_) = ids(request(engine, dataset, "ann"))
    for name, label in (("ann", CAT), ("bob", DOG)):
        decide(engine, sample_id, name, label)
    assert ids(request(engine, dataset, "eve", Queue.TIE_BREAK)) == [sample_id]
    withdraw_and_lease(engine, decide(engine, sample_id, "eve", CAT))
    assert ids(request(engine, dataset, "joe", Queue.TIE_BREAK)) == []
    assert decide(engine, sample_id, "eve", DOG).role is Role.ADJUDICATION


def test_undo_leases_nothing_withdrawn_by_others_or_held_by_others(engine: Engine, dataset: Dataset) -> None:
    first, second = ids(request(engine, dataset, "ann", count=2))
    withdraw_and_lease(engine, decide(engine, first, "ann", CAT), "boss")
    decision = decide(engine, second, "ann", CAT)
    with session_scope(engine) as session:
        withdrawal = withdraw(
            session, decision.id, "ann"
        )  # bob is served before ann is leased the sample again
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


def withdraw_and_lease(engine: Engine, decision: Verification, by: str | None = None) -> None:
    """Withdraw as the service does: by the deciding reviewer, unless `by` names another."""
    with session_scope(engine) as session:
        decisions.withdraw(session, decision.id, by or decision.reviewer, lease=TEN_MINUTES)
