"""Decisions made through a ranking, errors expected to remain, and labels that a job could learn."""

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import Engine

from store.database.columns import utc_now
from store.database.engine import session_scope
from store.infrastructure.blobs import BlobStore
from store.models import Dataset, Job, Role, Verdict, Verification, VerificationSource
from store.statistics.review_progress import (
    Learned,
    count_learned,
    count_reviewed,
    expect_remaining,
    read_decisions,
)
from store.verification.record import verify
from tests import factories
from tests.rankings import rank_samples, suggest_next

# The given label at position i is right with probability SCORES[i].
SCORES = [0.1, 0.2, 0.3, 0.4, 0.9, 0.9, 0.9, 0.9, 0.9]


@pytest.fixture
def dataset(engine: Engine, blobs: BlobStore) -> Dataset:
    with session_scope(engine) as session:
        return factories.make_dataset(session, blobs, num_samples=len(SCORES))


@pytest.fixture
def job(engine: Engine, dataset: Dataset) -> Job:
    given = [position % 3 for position in range(len(SCORES))]
    return rank_samples(engine, dataset, suggest_next(given, [1 - score for score in SCORES], 3))


def decide(
    engine: Engine,
    dataset: Dataset,
    position: int,
    verdict: Verdict,
    label: int | None = None,
    *,
    job: Job | None = None,
    reviewer: str = "",
) -> None:
    with session_scope(engine) as session:
        sample = factories.get_samples(session, dataset)[position]
        verify(session, sample.id, verdict, label, job_id=job.id if job else None, reviewer=reviewer)


def test_decisions_are_in_the_order_in_which_they_were_made(
    engine: Engine, dataset: Dataset, job: Job
) -> None:
    decide(engine, dataset, 2, Verdict.CORRECT, job=job)
    decide(engine, dataset, 0, Verdict.WRONG, 1, job=job)
    decide(engine, dataset, 1, Verdict.UNSURE, job=job)
    decide(engine, dataset, 3, Verdict.WRONG_UNKNOWN, job=job)
    decide(engine, dataset, 2, Verdict.WRONG, 1, job=job)  # a changed decision keeps its place
    decide(engine, dataset, 4, Verdict.WRONG, 0)  # not through this ranking
    with session_scope(engine, read_only=True) as session:
        decisions = read_decisions(session, job.id)
        assert count_reviewed(session, job.id) == (4, 3)
    assert decisions.is_error.tolist() == [True, True, False, True]
    assert decisions.expected == pytest.approx([0.7, 0.9, 0.8, 0.6])


def test_withdrawn_decisions_do_not_count(engine: Engine, dataset: Dataset, job: Job) -> None:
    decide(engine, dataset, 0, Verdict.WRONG, 1, job=job, reviewer="ann")
    decide(engine, dataset, 0, Verdict.WITHDRAWN, job=job, reviewer="ann")
    decide(engine, dataset, 0, Verdict.CORRECT, reviewer="bob")  # not through the ranking
    with session_scope(engine, read_only=True) as session:
        assert len(read_decisions(session, job.id).is_error) == 0
        assert count_reviewed(session, job.id) == (0, 0)


@pytest.mark.parametrize("role", [Role.HONEYPOT, Role.ADJUDICATION])
def test_honeypot_answers_and_re_reviews_do_not_count(
    engine: Engine, dataset: Dataset, job: Job, role: Role
) -> None:
    decide(engine, dataset, 0, Verdict.WRONG, 1)
    with session_scope(engine) as session:
        session.add(
            Verification(
                sample_id=factories.get_samples(session, dataset)[0].id,
                dataset_id=dataset.id,
                verdict=Verdict.CORRECT,
                label=0,
                source=VerificationSource.REVIEW,
                role=role,
                job_id=job.id,
            )
        )
    with session_scope(engine, read_only=True) as session:
        assert count_reviewed(session, job.id) == (0, 0)


def test_expected_remaining_errors(engine: Engine, dataset: Dataset, job: Job) -> None:
    with session_scope(engine, read_only=True) as session:
        untouched = expect_remaining(session, job.id, None, 100)
        ahead = expect_remaining(session, job.id, None, 2)
    wrong = 1 - np.array(SCORES)
    assert (untouched.errors, untouched.next_errors) == pytest.approx((wrong.sum(), wrong.sum()))
    assert (untouched.labels, untouched.unreviewed) == (9, 9)
    assert ahead.next_errors == pytest.approx(0.9 + 0.8)


def test_reviewed_samples_have_no_expected_errors(engine: Engine, dataset: Dataset, job: Job) -> None:
    decide(engine, dataset, 0, Verdict.WRONG, 1)
    decide(engine, dataset, 1, Verdict.UNUSABLE)
    decide(engine, dataset, 2, Verdict.WRONG_UNKNOWN)
    decide(engine, dataset, 3, Verdict.UNSURE)
    with session_scope(engine, read_only=True) as session:
        left = expect_remaining(session, job.id, None, 100)
    assert left.errors == pytest.approx(0.6 + 5 * 0.1)  # the unsure one can still be wrong
    assert left.next_errors == pytest.approx(5 * 0.1)
    assert (left.labels, left.unreviewed) == (7, 5)


def test_accepted_suggestions_are_expected_wrong_with_one_minus_confidence(
    engine: Engine, dataset: Dataset, job: Job
) -> None:
    with session_scope(engine, read_only=True) as session:
        left = expect_remaining(session, job.id, 0.75, 100)
    assert left.errors == pytest.approx(0.1 + 0.2 + 0.7 + 0.6 + 5 * 0.1)
    assert left.next_errors == pytest.approx((1 - np.array(SCORES)).sum())


def test_next_errors_are_of_the_samples_served_next(engine: Engine, dataset: Dataset, job: Job) -> None:
    with session_scope(engine, read_only=True) as session:
        ahead = expect_remaining(session, job.id, 0.75, 2)
    assert ahead.next_errors == pytest.approx(0.7 + 0.6)  # the two accepted suggestions come later


def test_a_fully_reviewed_dataset(engine: Engine, dataset: Dataset, job: Job) -> None:
    for position in range(len(SCORES)):
        decide(engine, dataset, position, Verdict.UNUSABLE)
    with session_scope(engine, read_only=True) as session:
        assert expect_remaining(session, job.id, 0.0, 100) == (0, 0, 0, 0)


def test_settled_samples_are_counted_by_whether_the_job_knew_them(engine: Engine, dataset: Dataset) -> None:
    decide(engine, dataset, 0, Verdict.CORRECT, reviewer="ann")
    decide(engine, dataset, 1, Verdict.CORRECT, reviewer="ann")
    decide(engine, dataset, 2, Verdict.UNSURE, reviewer="ann")
    with session_scope(engine) as session:
        job = factories.make_succeeded_job(session, dataset)
        job.started_at = utc_now()
    with session_scope(engine, read_only=True) as session:
        assert count_learned(session, job) == Learned(before=2, since=0)
    decide(engine, dataset, 1, Verdict.WRONG, 0, reviewer="bob")  # was settled before, as another class
    decide(engine, dataset, 2, Verdict.WRONG, 0, reviewer="bob")
    decide(engine, dataset, 3, Verdict.CORRECT, reviewer="bob")
    decide(engine, dataset, 4, Verdict.CORRECT, reviewer="bob")
    decide(engine, dataset, 4, Verdict.WITHDRAWN, reviewer="bob")
    decide(engine, dataset, 5, Verdict.UNUSABLE, reviewer="bob")
    with session_scope(engine, read_only=True) as session:
        assert count_learned(session, job) == Learned(before=2, since=2)


def test_labels_settled_after_the_start_count_as_since(engine: Engine, dataset: Dataset, job: Job) -> None:
    decide(engine, dataset, 0, Verdict.CORRECT)
    with session_scope(engine) as session:
        session.get_one(Job, job.id).started_at = utc_now() - timedelta(days=1)
    with session_scope(engine, read_only=True) as session:
        assert count_learned(session, session.get_one(Job, job.id)) == Learned(before=0, since=1)
