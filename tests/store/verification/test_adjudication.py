"""Tie breaks and re-reviews: who may adjudicate, and what it changes."""

from datetime import timedelta

from sqlalchemy import Engine, update

from store.database.columns import utc_now
from store.database.engine import session_scope
from store.models import Dataset, Job, Lease, Queue, Role, Sample, SuspectedLabelError, Verdict, Verification
from store.review.queues import count_queues
from store.verification.record import verify
from tests.factories import get_samples, make_job, verify_given
from tests.store.reviewing import CAT, DOG, configure, decide, expire, ids, request


def test_a_third_reviewer_breaks_the_tie(engine: Engine, dataset: Dataset) -> None:
    configure(engine, dataset, overlap=2)
    sample_id = _contest(engine, dataset)
    decide(engine, ids(request(engine, dataset, "eve", count=1))[0], "eve")
    assert ids(request(engine, dataset, "ann", Queue.TIE_BREAK)) == []
    served = request(engine, dataset, "eve", Queue.TIE_BREAK)
    assert ids(served) == [sample_id]
    assert [(o.reviewer, o.label) for o in served.items[0].opinions] == [("ann", CAT), ("bob", DOG)]
    assert ids(request(engine, dataset, "joe", Queue.TIE_BREAK)) == []
    assert decide(engine, sample_id, "eve", DOG).role is Role.ADJUDICATION
    with session_scope(engine, read_only=True) as session:
        sample = session.get_one(Sample, sample_id)
        assert (sample.settled_label, sample.contested, sample.num_opinions) == (DOG, False, 2)
    assert sample_id not in ids(request(engine, dataset, "joe", count=30))


def test_an_adjudication_can_be_changed(engine: Engine, dataset: Dataset) -> None:
    configure(engine, dataset, overlap=2)
    sample_id = _contest(engine, dataset)
    request(engine, dataset, "eve", Queue.TIE_BREAK)
    decide(engine, sample_id, "eve", DOG)
    assert decide(engine, sample_id, "eve", CAT).role is Role.ADJUDICATION
    with session_scope(engine) as session:
        assert session.get_one(Sample, sample_id).settled_label == CAT
        verify(session, sample_id, Verdict.WITHDRAWN, reviewer="eve")
        verify(session, sample_id, Verdict.WITHDRAWN, reviewer="eve")
    with session_scope(engine, read_only=True) as session:
        assert session.get_one(Sample, sample_id).contested
    assert decide(engine, sample_id, "eve", DOG).role is Role.ADJUDICATION


def test_anyone_may_break_the_tie_if_nobody_else_is_present(engine: Engine, dataset: Dataset) -> None:
    configure(engine, dataset, overlap=2)
    sample_id = _contest(engine, dataset)
    assert ids(request(engine, dataset, "ann", Queue.TIE_BREAK)) == [sample_id]


def test_reviewers_absent_for_days_do_not_block_the_tie_break(engine: Engine, dataset: Dataset) -> None:
    configure(engine, dataset, overlap=2)
    sample_id = _contest(engine, dataset)
    other = next(key for key in ids(request(engine, dataset, "joe", count=2)) if key != sample_id)
    decide(engine, other, "eve", CAT)
    expire(engine, "joe")
    assert ids(request(engine, dataset, "ann", Queue.TIE_BREAK)) == []
    with session_scope(engine) as session:
        long_ago = utc_now() - timedelta(days=3)
        session.execute(
            update(Verification).where(Verification.reviewer == "eve").values(created_at=long_ago)
        )
        session.execute(update(Lease).where(Lease.reviewer == "joe").values(expires_at=long_ago))
    assert ids(request(engine, dataset, "ann", Queue.TIE_BREAK)) == [sample_id]


def test_re_reviews_come_once_lowest_probability_first(engine: Engine, dataset: Dataset, job: Job) -> None:
    cats = _contradict(engine, dataset, job)
    served = request(engine, dataset, "ann", Queue.RE_REVIEW)
    assert ids(served) == list(reversed(cats))
    error = served.items[0].re_review
    assert error is not None
    assert (error.settled_label, error.suggested, error.probability) == (CAT, DOG, 0.1)
    assert served.items[0].result is not None
    assert [(o.reviewer, o.label) for o in served.items[0].opinions] == [("", CAT)]
    assert ids(request(engine, dataset, "bob", Queue.RE_REVIEW)) == []
    assert set(ids(request(engine, dataset, "ann", Queue.RE_REVIEW, job_id=job.id))) == set(cats)


def test_a_re_review_is_an_adjudication(engine: Engine, dataset: Dataset, job: Job) -> None:
    configure(engine, dataset, overlap=2)
    first, second = _contradict(engine, dataset, job)
    request(engine, dataset, "ann", Queue.RE_REVIEW)
    decision = decide(engine, first, "ann", DOG)
    assert decision.role is Role.ADJUDICATION
    with session_scope(engine, read_only=True) as session:
        assert session.get_one(Sample, first).settled_label == DOG
        assert session.get_one(SuspectedLabelError, (job.id, first)).resolved_at is not None
        assert count_queues(session, dataset, "bob").re_review == 0  # ann holds the other one
        assert count_queues(session, dataset, "ann").re_review == 1
    with session_scope(engine) as session:
        verify(session, first, Verdict.WITHDRAWN, reviewer="ann")
    assert set(ids(request(engine, dataset, "ann", Queue.RE_REVIEW))) == {first, second}


def test_queues_are_counted(engine: Engine, dataset: Dataset, job: Job) -> None:
    configure(engine, dataset, overlap=2)
    _contest(engine, dataset)
    with session_scope(engine, read_only=True) as session:
        assert count_queues(session, dataset, "ann") == (29, 1, 0)
        assert count_queues(session, dataset, "eve") == (29, 1, 0)


def _contest(engine: Engine, dataset: Dataset) -> int:
    """Let ann and bob disagree on one sample."""
    with session_scope(engine, read_only=True) as session:
        sample_id = get_samples(session, dataset)[0].id
    decide(engine, sample_id, "ann", CAT)
    decide(engine, sample_id, "bob", DOG)
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
