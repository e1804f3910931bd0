"""Two jobs side by side."""

from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from numpy.typing import NDArray
from sqlalchemy import Engine

from api.comparison.service import correlate_ranks
from store.database.engine import session_scope
from store.infrastructure.blobs import BlobStore
from store.models import Dataset, Job, WorkStatus
from tests import factories
from tests.api.support import SQLITE_ONLY, check_problem, sample_ids
from tests.rankings import rank_samples, suggest_next

N = 24
GIVEN = [position % 3 for position in range(N)]


@pytest.fixture
def dataset(engine: Engine, blobs: BlobStore) -> Dataset:
    """24 samples in 3 classes."""
    with session_scope(engine) as session:
        return factories.make_dataset(session, blobs, num_samples=N)


def probabilities(**suspicious: float) -> NDArray[np.float64]:
    """Suggestions with these confidences for the samples at `_position`; the others' labels are believed,
    each a little less than the one before it.
    """
    confidence = np.linspace(0.1, 0.2, N)
    for position, value in suspicious.items():
        confidence[int(position[1:])] = value
    return suggest_next(GIVEN, confidence.tolist(), 3)


@pytest.fixture
def jobs(engine: Engine, dataset: Dataset) -> tuple[Job, Job]:
    """Two jobs that agree on samples 2 and 5; only one flags 7, only the other 1 and 9."""
    a = rank_samples(engine, dataset, probabilities(_2=0.95, _5=0.9, _7=0.8))
    second = probabilities(_2=0.85, _9=0.8, _5=0.75, _1=0.7)
    second[5] = second[5][[1, 0, 2]]  # another suggestion: given owl; instead of cat now dog
    return a, rank_samples(engine, dataset, second)


def compare(client: TestClient, a: Job, b: Job) -> dict[str, Any]:
    """What changed from a to b."""
    response = client.get(f"/jobs/{a.id}/comparison", params={"with": b.id})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def test_what_changed(client: TestClient, engine: Engine, dataset: Dataset, jobs: tuple[Job, Job]) -> None:
    ids = sample_ids(engine, dataset)
    body = compare(client, *jobs)
    assert body["samples"] == N
    assert (body["flagged_by_both"], body["flagged_by_a_only"], body["flagged_by_b_only"]) == (2, 1, 2)
    assert body["suggestions_changed"] == 4
    assert body["top"] == [{"k": 10, "shared": 8}]
    assert 0 < body["rank_correlation"] < 1
    assert [ids.index(result["sample_id"]) for result in body["newly_suspicious"]] == [1, 9]
    assert [result["rank"] for result in body["newly_suspicious"]] == [4, 2]
    back = compare(client, jobs[1], jobs[0])
    assert (back["flagged_by_a_only"], back["flagged_by_b_only"]) == (2, 1)
    assert back["rank_correlation"] == pytest.approx(body["rank_correlation"])
    assert [ids.index(result["sample_id"]) for result in back["newly_suspicious"]] == [7, 5]


def test_the_jobs_figures(client: TestClient, engine: Engine, jobs: tuple[Job, Job]) -> None:
    accuracy = {"value": 0.5, "low": 0.2, "high": 0.8, "n": 10}
    with session_scope(engine) as session:
        row = session.get_one(Job, jobs[0].id)
        holdout = {"given_accuracy": accuracy, "suggestion_accuracy": None, "corrected_accuracy": accuracy}
        row.summary = {**(row.summary or {}), "holdout": {**holdout, "verified": 33}}
    body = compare(client, *jobs)
    assert body["a"] == {
        "id": jobs[0].id,
        "name": "first",
        "method": "mslg",
        "num_issues": 3,
        "verified": 33,
        **holdout,
    }
    assert body["b"]["id"] == jobs[1].id
    assert (body["b"]["verified"], body["b"]["given_accuracy"]) == (0, None)


def test_what_has_a_verdict_is_not_newly_suspicious(
    client: TestClient, engine: Engine, dataset: Dataset, jobs: tuple[Job, Job]
) -> None:
    ids = sample_ids(engine, dataset)
    client.post(f"/samples/{ids[1]}/verifications", json={"verdict": "correct"})
    body = compare(client, *jobs)
    assert [ids.index(result["sample_id"]) for result in body["newly_suspicious"]] == [9]


def test_only_what_both_have_ranked_is_compared(
    client: TestClient, engine: Engine, dataset: Dataset, jobs: tuple[Job, Job]
) -> None:
    short = rank_samples(engine, dataset, probabilities(_2=0.95)[:5])
    body = compare(client, jobs[0], short)
    assert (body["samples"], body["flagged_by_both"], body["flagged_by_a_only"]) == (5, 1, 0)
    assert body["rank_correlation"] == pytest.approx(1)
    assert body["top"] == []
    one = rank_samples(engine, dataset, probabilities()[:1])
    assert compare(client, one, short)["rank_correlation"] is None


def test_rank_correlation_is_spearmans() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.permutation(500) * 3 + 1, rng.permutation(500) + 7  # gaps change nothing
    expected = np.corrcoef(a.argsort().argsort(), b.argsort().argsort())[0, 1]
    assert correlate_ranks(a, b) == pytest.approx(expected)
    assert correlate_ranks(a, a[::-1] * 0 + a) == 1
    assert correlate_ranks(a, -a) == -1
    assert correlate_ranks(a[:1], b[:1]) is None


def test_a_job_with_itself(client: TestClient, jobs: tuple[Job, Job]) -> None:
    response = client.get(f"/jobs/{jobs[0].id}/comparison", params={"with": jobs[0].id})
    body = check_problem(response, 422, "same_job")
    assert body["errors"][0]["name"] == "with"


def test_jobs_of_two_datasets(
    client: TestClient, engine: Engine, blobs: BlobStore, jobs: tuple[Job, Job]
) -> None:
    with session_scope(engine) as session:
        other = factories.make_succeeded_job(session, factories.make_dataset(session, blobs))
    response = client.get(f"/jobs/{jobs[0].id}/comparison", params={"with": other.id})
    check_problem(response, 422, "other_dataset")


def test_a_job_without_results(
    client: TestClient, engine: Engine, dataset: Dataset, jobs: tuple[Job, Job]
) -> None:
    with session_scope(engine) as session:
        running = factories.make_job(session, dataset)
        running.status = WorkStatus.RUNNING
    for a, b in ((jobs[0], running), (running, jobs[0])):
        response = client.get(f"/jobs/{a.id}/comparison", params={"with": b.id})
        check_problem(response, 409, "job_not_succeeded")


@SQLITE_ONLY
def test_a_job_that_is_not_there(client: TestClient, jobs: tuple[Job, Job]) -> None:
    address = f"/jobs/{jobs[0].id}/comparison"
    check_problem(client.get(address, params={"with": "nope"}), 404, "not_found")
    check_problem(client.get("/jobs/nope/comparison", params={"with": jobs[0].id}), 404, "not_found")
    body = check_problem(client.get(address), 422, "invalid_request")
    assert body["errors"][0]["name"] == "with"
