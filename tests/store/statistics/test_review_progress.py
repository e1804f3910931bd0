"""What was decided with a ranking, what is expected to be left, and what a job could have learned."""

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

# Position i has a given label that is right with a probability of SCORES[i].
SCORES = [0.1, 0.2, 0.3, 0.4, 0.9, 0.9, 0.9, 0.9, 0.9]


@pytest.fixture
def dataset(engine: Engine, blobs: BlobStore) -> Dataset:
    with session_scope(engine) as session:
        return factories.make_dataset(session, blobs, num_samples=len(SCORES))


@pytest.fixture
def job(engine: Engine, dataset: Dataset) -> Job:
    given = [position % 3 for position in range(len(SCORES))]
    return rank_samples(engine, dataset, suggest_next(given, [1 - score for score in SCORES], 3))


def say(
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
    say(engine, dataset, 2, Verdict.CORRECT, job=job)
    say(engine, dataset, 0, Verdict.WRONG, 1, job=job)
    say(engine, dataset, 1, Verdict.UNSURE, job=job)
    say(engine, dataset, 3, Verdict.WRONG_UNKNOWN, job=job)
    say(engine, dataset, 2, Verdict.WRONG, 1, job=job)  # a change of mind does not move it
    say(engine, dataset, 4, Verdict.WRONG, 0)  # not through this ranking
    with session_scope(engine, read_only=True) as session:
        decisions = read_decisions(session, job.id)
        assert count_reviewed(session, job.id) == (4, 3)
    assert decisions.is_error.tolist() == [True, True, False, True]
    assert decisions.expected == pytest.approx([0.7, 0.9, 0.8, 0.6])


def test_what_was_taken_back_is_no_decision(engine: Engine, dataset: Dataset, job: Job) -> None:
    say(engine, dataset, 0, Verdict.WRONG, 1, job=job, reviewer="ann")
    say(engine, dataset, 0, Verdict.WITHDRAWN, job=job, reviewer="ann")
    say(engine, dataset, 0, Verdict.CORRECT, reviewer="bob")  # whom no ranking led there
    with session_scope(engine, read_only=True) as session:
        assert len(read_decisions(session, job.id).is_error) == 0
        assert count_reviewed(session, job.id) == (0, 0)


@pytest.mark.parametrize("role", [Role.HONEYPOT, Role.ADJUDICATION])
def test_tests_of_reviewers_and_second_looks_are_no_decisions(
    engine: Engine, dataset: Dataset, job: Job, role: Role
) -> None:
    say(engine, dataset, 0, Verdict.WRONG, 1)
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


def test_what_is_expected_to_be_left(engine: Engine, dataset: Dataset, job: Job) -> None:
    with session_scope(engine, read_only=True) as session:
        untouched = expect_remaining(session, job.id, None, 100)
        ahead = expect_remaining(session, job.id, None, 2)
    wrong = 1 - np.array(SCORES)
    assert untouched.errors == untouched.next_errors == pytest.approx(wrong.sum())
    assert (untouched.labels, untouched.unreviewed) == (9, 9)
    assert ahead.next_errors == pytest.approx(0.9 + 0.8)


def test_people_leave_nothing_to_expect(engine: Engine, dataset: Dataset, job: Job) -> None:
    say(engine, dataset, 0, Verdict.WRONG, 1)
    say(engine, dataset, 1, Verdict.UNUSABLE)
    say(engine, dataset, 2, Verdict.WRONG_UNKNOWN)
    say(engine, dataset, 3, Verdict.UNSURE)
    with session_scope(engine, read_only=True) as session:
        left = expect_remaining(session, job.id, None, 100)
    assert left.errors == pytest.approx(0.6 + 5 * 0.1)  # the unsure one may still be wrong
    assert left.next_errors == pytest.approx(5 * 0.1)
    assert (left.labels, left.unreviewed) == (7, 5)


def test_accepted_suggestions_are_wrong_where_they_are_unlikely(
    engine: Engine, dataset: Dataset, job: Job
) -> None:
    with session_scope(engine, read_only=True) as session:
        left = expect_remaining(session, job.id, 0.75, 100)
    assert left.errors == pytest.approx(0.1 + 0.2 + 0.7 + 0.6 + 5 * 0.1)
    assert left.next_errors == pytest.approx((1 - np.array(SCORES)).sum())


def test_what_comes_next_is_what_a_reviewer_is_served(engine: Engine, dataset: Dataset, job: Job) -> None:
    with session_scope(engine, read_only=True) as session:
        ahead = expect_remaining(session, job.id, 0.75, 2)
    assert ahead.next_errors == pytest.approx(0.7 + 0.6)  # before the two suggestions that are taken already


def test_a_dataset_that_everything_is_said_about(engine: Engine, dataset: Dataset, job: Job) -> None:
    for position in range(len(SCORES)):
        say(engine, dataset, position, Verdict.UNUSABLE)
    with session_scope(engine, read_only=True) as session:
        assert expect_remaining(session, job.id, 0.0, 100) == (0, 0, 0, 0)


def test_what_a_job_could_learn(engine: Engine, dataset: Dataset) -> None:
    say(engine, dataset, 0, Verdict.CORRECT, reviewer="ann")
    say(engine, dataset, 1, Verdict.CORRECT, reviewer="ann")
    say(engine, dataset, 2, Verdict.UNSURE, reviewer="ann")
    with session_scope(engine) as session:
        job = factories.make_succeeded_job(session, dataset)
        job.started_at = utc_now()
    with session_scope(engine, read_only=True) as session:
        assert count_learned(session, job) == Learned(before=2, since=0)
    say(engine, dataset, 1, Verdict.WRONG, 0, reviewer="bob")  # known before, if differently
    say(engine, dataset, 2, Verdict.WRONG, 0, reviewer="bob")
    say(engine, dataset, 3, Verdict.CORRECT, reviewer="bob")
    say(engine, dataset, 4, Verdict.CORRECT, reviewer="bob")
    say(engine, dataset, 4, Verdict.WITHDRAWN, reviewer="bob")
    say(engine, dataset, 5, Verdict.UNUSABLE, reviewer="bob")
    with session_scope(engine, read_only=True) as session:
        assert count_learned(session, job) == Learned(before=2, since=2)


def test_a_job_that_began_long_ago(engine: Engine, dataset: Dataset, job: Job) -> None:
    say(engine, dataset, 0, Verdict.CORRECT)
    with session_scope(engine) as session:
        session.get_one(Job, job.id).started_at = utc_now() - timedelta(days=1)
    with session_scope(engine, read_only=True) as session:
        assert count_learned(session, session.get_one(Job, job.id)) == Learned(before=0, since=1)
