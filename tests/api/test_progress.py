"""How a review goes, and the advice what to do next."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.progress.service import choose_bucket_size
from store.database.columns import utc_now
from store.database.engine import session_scope
from store.infrastructure.blobs import BlobStore
from store.models import AcceptanceKind, AutoAccept, Dataset, Job, WorkStatus
from tests import factories
from tests.api.support import SQLITE_ONLY, check_problem, sample_ids
from tests.rankings import rank_samples, suggest_next

N = 60


@pytest.fixture
def dataset(engine: Engine, blobs: BlobStore) -> Dataset:
    """60 samples in 3 classes."""
    with session_scope(engine) as session:
        return factories.make_dataset(session, blobs, num_samples=N)


@pytest.fixture
def job(engine: Engine, dataset: Dataset) -> Job:
    """A job that expects 30 errors among the first 40, and none after."""
    given = [position % 3 for position in range(N)]
    return rank_samples(engine, dataset, suggest_next(given, [0.75] * 40 + [0.0] * 20, 3))


def review(client: TestClient, job: Job, ids: list[str]) -> None:
    """Look at samples in that order; two of three are wrong."""
    for index, sample_id in enumerate(ids):
        body = {"verdict": "wrong_unknown" if index % 3 else "correct", "job_id": job.id}
        assert client.post(f"/samples/{sample_id}/verifications", json=body).status_code == 201


def test_before_the_first_decision(client: TestClient, job: Job) -> None:
    progress = client.get(f"/jobs/{job.id}/review-progress").json()
    assert progress == {
        "reviewed": 0,
        "errors_found": 0,
        "bucket_size": 25,
        "buckets": [],
        "expected_remaining_errors": pytest.approx(30),
        "expected_next_hundred": pytest.approx(30),
        "expected_label_accuracy": pytest.approx(0.5),
        "new_verified": 0,
        "advice": "review",
        "advice_reason": "Expected errors in the next 60 decisions: about 30. Continue.",
    }


def test_decisions_fill_buckets(client: TestClient, engine: Engine, dataset: Dataset, job: Job) -> None:
    review(client, job, sample_ids(engine, dataset)[:30])
    progress = client.get(f"/jobs/{job.id}/review-progress").json()
    assert (progress["reviewed"], progress["errors_found"]) == (30, 20)
    assert progress["buckets"] == [
        {"reviewed": 25, "errors": 16, "expected": pytest.approx(18.75)},
        {"reviewed": 5, "errors": 4, "expected": pytest.approx(3.75)},
    ]
    assert progress["expected_remaining_errors"] == pytest.approx(7.5)
    assert progress["expected_label_accuracy"] == pytest.approx(1 - 7.5 / 40)
    assert progress["new_verified"] == 10


def test_it_follows_the_error_budget(client: TestClient, engine: Engine, job: Job) -> None:
    budget = {"kind": AcceptanceKind.BUDGET, "min_confidence": 0.75, "max_error": 0.5}
    with session_scope(engine) as session:
        session.add(AutoAccept(job_id=job.id, **budget, num_samples=40))
    progress = client.get(f"/jobs/{job.id}/review-progress").json()
    assert progress["expected_remaining_errors"] == pytest.approx(10)
    assert progress["expected_next_hundred"] == pytest.approx(30)


def test_a_rerun_is_advised_when_there_is_more_to_learn(
    client: TestClient, engine: Engine, dataset: Dataset, job: Job
) -> None:
    with session_scope(engine) as session:
        session.get_one(Job, job.id).started_at = utc_now()
        factories.verify_given(session, session.merge(dataset), per_class=10)
    progress = client.get(f"/jobs/{job.id}/review-progress").json()
    assert (progress["advice"], progress["new_verified"]) == ("rerun", 30)


def test_stopping_is_advised_when_everything_is_decided(
    client: TestClient, engine: Engine, dataset: Dataset, job: Job
) -> None:
    for sample_id in sample_ids(engine, dataset):
        client.post(f"/samples/{sample_id}/verifications", json={"verdict": "unusable"})
    progress = client.get(f"/jobs/{job.id}/review-progress").json()
    assert progress["advice"] == "stop"
    assert progress["expected_label_accuracy"] is None


def test_buckets_grow_so_that_they_stay_few() -> None:
    assert [choose_bucket_size(n) for n in (0, 25, 1000, 1001, 2000, 2001, 100_000)] == [
        25,
        25,
        25,
        50,
        50,
        100,
        3200,
    ]


def test_a_job_without_results(client: TestClient, engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        job = factories.make_job(session, dataset)
        job.status = WorkStatus.FAILED
    check_problem(client.get(f"/jobs/{job.id}/review-progress"), 409, "job_not_succeeded")


@SQLITE_ONLY
def test_a_job_that_is_not_there(client: TestClient) -> None:
    check_problem(client.get("/jobs/nope/review-progress"), 404, "not_found")
