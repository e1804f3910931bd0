"""Ties and second looks: who has the last word, and what comes of it."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from store.database.columns import utc_now
from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore
from store.models import Dataset, Job, Lease, Queue, Role, Sample, SuspectedLabelError, Verdict, Verification
from store.review.queues import count_queues
from store.verification.record import verify
from tests.factories import get_samples, make_dataset, make_job, make_succeeded_job, verify_given
from tests.store.reviewing import CAT, DOG, ask, expire, ids, prepare, say


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


def test_people_who_disagree_leave_the_tie_to_a_third(engine: Engine, dataset: Dataset) -> None:
    prepare(engine, dataset, overlap=2)
    sample_id = _contest(engine, dataset)
    say(engine, ids(ask(engine, dataset, "eve", count=1))[0], "eve")
    assert ids(ask(engine, dataset, "ann", Queue.TIE_BREAK)) == []
    served = ask(engine, dataset, "eve", Queue.TIE_BREAK)
    assert ids(served) == [sample_id]
    assert [(o.reviewer, o.label) for o in served.items[0].opinions] == [("ann", CAT), ("bob", DOG)]
    assert ids(ask(engine, dataset, "joe", Queue.TIE_BREAK)) == []
    assert say(engine, sample_id, "eve", DOG).role is Role.ADJUDICATION
    with session_scope(engine, read_only=True) as session:
        sample = session.get_one(Sample, sample_id)
        assert (sample.settled_label, sample.contested, sample.num_opinions) == (DOG, False, 2)
    assert sample_id not in ids(ask(engine, dataset, "joe", count=30))


def test_whoever_has_the_last_word_may_change_it(engine: Engine, dataset: Dataset) -> None:
    prepare(engine, dataset, overlap=2)
    sample_id = _contest(engine, dataset)
    ask(engine, dataset, "eve", Queue.TIE_BREAK)
    say(engine, sample_id, "eve", DOG)
    assert say(engine, sample_id, "eve", CAT).role is Role.ADJUDICATION
    with session_scope(engine) as session:
        assert session.get_one(Sample, sample_id).settled_label == CAT
        verify(session, sample_id, Verdict.WITHDRAWN, reviewer="eve")
        verify(session, sample_id, Verdict.WITHDRAWN, reviewer="eve")
    with session_scope(engine, read_only=True) as session:
        assert session.get_one(Sample, sample_id).contested
    assert say(engine, sample_id, "eve", DOG).role is Role.ADJUDICATION


def test_where_nobody_else_is_there_anyone_breaks_the_tie(engine: Engine, dataset: Dataset) -> None:
    prepare(engine, dataset, overlap=2)
    sample_id = _contest(engine, dataset)
    assert ids(ask(engine, dataset, "ann", Queue.TIE_BREAK)) == [sample_id]


def test_whoever_was_here_long_ago_is_not_waited_for(engine: Engine, dataset: Dataset) -> None:
    prepare(engine, dataset, overlap=2)
    sample_id = _contest(engine, dataset)
    other = next(key for key in ids(ask(engine, dataset, "joe", count=2)) if key != sample_id)
    say(engine, other, "eve", CAT)
    expire(engine, "joe")
    assert ids(ask(engine, dataset, "ann", Queue.TIE_BREAK)) == []
    with session_scope(engine) as session:
        long_ago = utc_now() - timedelta(days=3)
        session.execute(
            update(Verification).where(Verification.reviewer == "eve").values(created_at=long_ago)
        )
        session.execute(update(Lease).where(Lease.reviewer == "joe").values(expires_at=long_ago))
    assert ids(ask(engine, dataset, "ann", Queue.TIE_BREAK)) == [sample_id]


def test_second_looks_come_most_contradicted_first_and_once(
    engine: Engine, dataset: Dataset, job: Job
) -> None:
    cats = _contradict(engine, dataset, job)
    served = ask(engine, dataset, "ann", Queue.RE_REVIEW)
    assert ids(served) == list(reversed(cats))
    look = served.items[0].re_review
    assert look is not None
    assert (look.settled_label, look.suggested, look.probability) == (CAT, DOG, 0.1)
    assert served.items[0].result is not None
    assert [(o.reviewer, o.label) for o in served.items[0].opinions] == [("", CAT)]
    assert ids(ask(engine, dataset, "bob", Queue.RE_REVIEW)) == []
    assert set(ids(ask(engine, dataset, "ann", Queue.RE_REVIEW, job_id=job.id))) == set(cats)


def test_a_second_look_is_the_last_word(engine: Engine, dataset: Dataset, job: Job) -> None:
    prepare(engine, dataset, overlap=2)
    first, second = _contradict(engine, dataset, job)
    ask(engine, dataset, "ann", Queue.RE_REVIEW)
    said = say(engine, first, "ann", DOG)
    assert said.role is Role.ADJUDICATION
    with session_scope(engine, read_only=True) as session:
        assert session.get_one(Sample, first).settled_label == DOG
        assert session.get_one(SuspectedLabelError, (job.id, first)).resolved_at is not None
        assert count_queues(session, dataset, "bob").re_review == 0  # ann has the other one in hand
        assert count_queues(session, dataset, "ann").re_review == 1
    with session_scope(engine) as session:
        verify(session, first, Verdict.WITHDRAWN, reviewer="ann")
    assert set(ids(ask(engine, dataset, "ann", Queue.RE_REVIEW))) == {first, second}


def test_queues_are_counted(engine: Engine, dataset: Dataset, job: Job) -> None:
    prepare(engine, dataset, overlap=2)
    _contest(engine, dataset)
    with session_scope(engine, read_only=True) as session:
        assert count_queues(session, dataset, "ann") == (29, 1, 0)
        assert count_queues(session, dataset, "eve") == (29, 1, 0)


def _contest(engine: Engine, dataset: Dataset) -> int:
    """Let ann and bob disagree on one sample."""
    with session_scope(engine, read_only=True) as session:
        sample_id = get_samples(session, dataset)[0].id
    say(engine, sample_id, "ann", CAT)
    say(engine, sample_id, "bob", DOG)
    return sample_id


def _contradict(engine: Engine, dataset: Dataset, job: Job) -> list[int]:
    """Verify all, and let the job contradict two cats, the second one more."""
    with session_scope(engine) as session:
        verify_given(session, dataset, per_class=10)
        cats = [sample.id for sample in get_samples(session, dataset) if sample.given_label == CAT][:2]
        other = make_job(session, dataset)
        for of_job in (job, other):
            for sample_id, probability in zip(cats, (0.2, 0.1), strict=True):
                session.add(
                    SuspectedLabelError(
                        job_id=of_job.id,
                        sample_id=sample_id,
                        settled_label=CAT,
                        suggested=DOG,
                        probability=probability if of_job is job else 0.3,
                    )
                )
    return cats
