"""The ranking in columns, as a grid loads it."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.models import Dataset, Job, WorkStatus
from tests import factories
from tests.api.support import SQLITE_ONLY, check_problem, sample_ids


@pytest.fixture
def ids(engine: Engine, dataset: Dataset) -> list[str]:
    """The dataset's sample ids by position."""
    return sample_ids(engine, dataset)


def columns(client: TestClient, job: Job, **params: Any) -> dict[str, Any]:
    """One answer."""
    response = client.get(f"/jobs/{job.id}/columns", params=params)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def test_columns_say_what_the_ranking_says(client: TestClient, job: Job, ids: list[str]) -> None:
    client.post(f"/samples/{ids[0]}/verifications", json={"verdict": "wrong", "label": "owl"})
    client.post(f"/samples/{ids[3]}/verifications", json={"verdict": "unsure"})
    body = columns(client, job)
    classes = ["cat", "dog", "owl"]
    ranking = client.get(f"/jobs/{job.id}/results").json()["items"]
    assert (body["total"], body["next_rank"]) == (12, None)
    assert body["sample_ids"] == [result["sample_id"] for result in ranking]
    assert body["ranks"] == [result["rank"] for result in ranking]
    assert [classes[index] for index in body["given"]] == [result["given_label"] for result in ranking]
    assert [classes[index] for index in body["suggested"]] == [r["suggested_label"] for r in ranking]
    assert body["label_scores"] == pytest.approx([r["label_score"] for r in ranking], abs=1e-5)
    assert body["verdicts"] == [result["verdict"] for result in ranking]
    assert body["settled"] == [2, *[None] * 11]


def test_one_answer_goes_on_where_the_other_ended(client: TestClient, job: Job) -> None:
    first = columns(client, job, limit=5)
    assert (first["ranks"], first["next_rank"], first["total"]) == ([1, 2, 3, 4, 5], 5, 12)
    second = columns(client, job, limit=7, after_rank=5)
    assert (second["ranks"], second["next_rank"]) == ([6, 7, 8, 9, 10, 11, 12], None)
    beyond = columns(client, job, after_rank=12)
    assert beyond == {
        **{name: [] for name in first if name not in ("next_rank", "total", "seen")},
        "next_rank": None,
        "total": 12,
        "seen": "0",
    }


@pytest.mark.parametrize(
    ("params", "positions"),
    [
        ({"issue": "true"}, [0, 3, 6, 9]),
        ({"issue": "false", "given": "owl"}, [2, 5, 8, 11]),
        ({"verdict": "correct"}, [3]),
        ({"verdict": "withdrawn"}, []),
        ({"reviewed": "false", "score_max": 0.5}, [0, 6, 9]),
    ],
)
def test_filters_add_up(
    client: TestClient, job: Job, ids: list[str], params: dict[str, Any], positions: list[int]
) -> None:
    client.post(f"/samples/{ids[3]}/verifications", json={"verdict": "correct"})
    body = columns(client, job, **params)
    assert [ids.index(sample_id) for sample_id in body["sample_ids"]] == positions
    assert body["total"] == len(positions)
    total = client.get(f"/jobs/{job.id}/results", params=params).json()["total"]
    assert total == len(positions)


@SQLITE_ONLY
@pytest.mark.parametrize(
    ("params", "code", "name"),
    [
        ({"given": "cow"}, "unknown_class", "given"),
        ({"issue": "perhaps"}, "invalid_request", "issue"),
        ({"verdict": "maybe"}, "invalid_request", "verdict"),
        ({"limit": 0}, "invalid_request", "limit"),
        ({"limit": 20_001}, "invalid_request", "limit"),
        ({"after_rank": -1}, "invalid_request", "after_rank"),
        ({"after_rank": 2**63}, "invalid_request", "after_rank"),
    ],
)
def test_what_makes_no_sense(
    client: TestClient, job: Job, params: dict[str, Any], code: str, name: str
) -> None:
    body = check_problem(client.get(f"/jobs/{job.id}/columns", params=params), 422, code)
    assert body["errors"][0]["name"] == name


@SQLITE_ONLY
def test_a_job_without_columns(client: TestClient, engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        job = factories.make_job(session, dataset)
        job.status = WorkStatus.QUEUED
    check_problem(client.get(f"/jobs/{job.id}/columns"), 409, "job_not_succeeded")
    check_problem(client.get("/jobs/nope/columns"), 404, "not_found")
