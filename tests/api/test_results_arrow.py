"""The ranking as an Arrow stream has the values of the ranking in JSON."""

import io
from typing import Any

import httpx
import numpy as np
import pyarrow as pa
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.models import Dataset, Job, Verdict
from tests import factories
from tests.api.support import check_problem, sample_ids
from tests.rankings import rank_samples, suggest_next


def read(client: TestClient, job: Job, **parameters: Any) -> pa.Table:
    """The stream as a table."""
    response = client.get(f"/jobs/{job.id}/results.arrow", params=parameters)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/vnd.apache.arrow.stream"
    return pa.ipc.open_stream(io.BytesIO(response.content)).read_all()


@pytest.fixture
def accepted_job(engine: Engine, dataset: Dataset) -> Job:
    """A job of which suggestions are accepted."""
    probabilities = suggest_next([i % 3 for i in range(12)], np.linspace(0.1, 0.95, 12).tolist(), 3)
    return rank_samples(engine, dataset, probabilities, auto_accept=True)


def decide(client: TestClient, sample_id: str, verdict: Verdict, label: str | None = None) -> None:
    body = {"verdict": verdict, "label": label}
    assert client.post(f"/samples/{sample_id}/verifications", json=body).status_code == 201


def test_it_has_the_values_of_the_ranking(
    client: TestClient, engine: Engine, dataset: Dataset, accepted_job: Job
) -> None:
    ids = sample_ids(engine, dataset)
    for number, (verdict, label) in enumerate(
        [("correct", None), ("wrong", "owl"), ("wrong_unknown", None), ("unsure", None), ("unusable", None)]
    ):
        decide(client, ids[-1 - number], Verdict(verdict), label)
    rows = client.get(f"/jobs/{accepted_job.id}/results").json()["items"]
    table = read(client, accepted_job)
    assert table.num_rows == len(rows) == 12
    assert {row["corrected_by"] for row in rows} == {"person", "model", "none"}
    names = [name for name in table.schema.names if name not in ("confidence", "soft_label_classes")]
    assert set(names) | {"soft_label_classes"} == rows[0].keys()
    for row, expected in zip(table.select(names).to_pylist(), rows, strict=True):
        assert row == {name: expected[name] for name in names}


@pytest.mark.parametrize(
    "parameters",
    [
        {"given": "cat"},
        {"issue": "true"},
        {"issue": "false", "suggested": "owl"},
        {"rank_max": 3},
        {"score_min": 0.2, "score_max": 0.6},
        {"reviewed": "true"},
        {"verdict": "correct"},
        {"changed_by_model": "true"},
        {"given": "cat", "rank_max": 1, "score_max": 0.0},
    ],
    ids=str,
)
def test_filters_apply(
    client: TestClient, engine: Engine, dataset: Dataset, accepted_job: Job, parameters: dict[str, Any]
) -> None:
    decide(client, sample_ids(engine, dataset)[0], Verdict.CORRECT)
    rows = client.get(f"/jobs/{accepted_job.id}/results", params=parameters).json()["items"]
    assert read(client, accepted_job, **parameters)["rank"].to_pylist() == [row["rank"] for row in rows]


def test_it_comes_in_batches(client: TestClient, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read(client, job)
    monkeypatch.setattr("store.database.bulk_read.BATCH_ROWS", 5)
    monkeypatch.setattr("store.database.bulk_read.BLOCK_BYTES", 500)
    in_batches = read(client, job)
    assert in_batches.equals(whole)
    assert in_batches["rank"].num_chunks > 2


def test_who_hangs_up_leaves_no_connection_open(
    live_url: str, engine: Engine, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fixture `app` waits for the connections to the database."""
    monkeypatch.setattr("store.database.bulk_read.BATCH_ROWS", 1)
    with httpx.stream("GET", f"{live_url}/jobs/{job.id}/results.arrow") as response:
        assert next(response.iter_raw())


def test_soft_labels_can_be_left_out(client: TestClient, job: Job) -> None:
    names = read(client, job, soft_labels="false").schema.names
    assert names == [name for name in read(client, job).schema.names if not name.startswith("soft_label")]


def test_errors_are_problems_before_the_stream_begins(
    client: TestClient, engine: Engine, dataset: Dataset, job: Job
) -> None:
    with session_scope(engine) as session:
        waiting = factories.make_job(session, session.merge(dataset))
    check_problem(client.get(f"/jobs/{waiting.id}/results.arrow"), 409, "job_not_succeeded")
    check_problem(client.get("/jobs/none/results.arrow"), 404, "not_found")
    path = f"/jobs/{job.id}/results.arrow"
    check_problem(client.get(path, params={"given": "cow"}), 422, "unknown_class")
    check_problem(client.get(path, params={"score_min": 0.9, "score_max": 0.1}), 422, "empty_range")


def test_an_order_that_a_stream_has_not_is_refused(client: TestClient, accepted_job: Job) -> None:
    response = client.get(f"/jobs/{accepted_job.id}/results.arrow", params={"sort": "camera"})
    problem = check_problem(response, 422, "sort_not_supported")
    assert "leave sort out" in problem["detail"]
