"""Taking back many decisions at once, after a preview; and undoing that."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.models import Dataset
from tests import factories
from tests.api.support import check_problem, sample_ids


@pytest.fixture
def ids(engine: Engine, dataset: Dataset) -> list[str]:
    """The dataset's sample ids by position."""
    return sample_ids(engine, dataset)


def decide(client: TestClient, sample: str, reviewer: str, verdict: str) -> dict[str, Any]:
    body = {"verdict": verdict, "reviewer": reviewer}
    stored: dict[str, Any] = client.post(f"/samples/{sample}/verifications", json=body).json()
    return stored


def verdicts(client: TestClient, dataset: Dataset) -> list[str | None]:
    items = client.get(f"/datasets/{dataset.id}/samples", params={"limit": 4}).json()["items"]
    return [item["verdict"] for item in items]


def preview(client: TestClient, dataset: Dataset, **wanted: Any) -> dict[str, Any]:
    response = client.get(f"/datasets/{dataset.id}/withdrawals/preview", params=wanted)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def take_back(client: TestClient, dataset: Dataset, expected: int, **wanted: Any) -> Any:
    body = {"filter": wanted, "expected": expected, "reviewer": "lead"}
    return client.post(f"/datasets/{dataset.id}/withdrawals", json=body)


def test_one_reviewers_decisions_and_back(client: TestClient, dataset: Dataset, ids: list[str]) -> None:
    decide(client, ids[0], "Ann", "correct")
    decide(client, ids[0], "Ben", "unusable")
    decide(client, ids[1], "Ben", "unsure")
    decide(client, ids[2], "Ben", "correct")
    decide(client, ids[2], "Ann", "unusable")
    before = verdicts(client, dataset)
    assert before == ["unusable", "unsure", "unusable", None]
    assert preview(client, dataset, reviewer="Ben") == {"decisions": 3, "samples": 3, "reviewers": {"Ben": 3}}
    done = take_back(client, dataset, 3, reviewer="Ben").json()
    assert done["count"] == 3
    assert verdicts(client, dataset) == ["correct", None, "unusable", None]
    assert preview(client, dataset, reviewer="Ben")["decisions"] == 0

    undo = {"verdict": "withdrawn", "id_min": done["first_id"], "id_max": done["last_id"]}
    assert preview(client, dataset, **undo)["decisions"] == 3
    assert take_back(client, dataset, 3, **undo).json()["count"] == 3
    assert verdicts(client, dataset) == before  # also where Ann had decided after Ben
    log = client.get(f"/datasets/{dataset.id}/verifications", params={"reviewer": "Ben"}).json()["items"]
    assert [item["withdrawn"] for item in log] == [False] * 3
    assert take_back(client, dataset, 3, **undo).status_code == 409  # once only


def test_a_time_span(client: TestClient, dataset: Dataset, ids: list[str]) -> None:
    first = decide(client, ids[0], "Ann", "correct")
    second = decide(client, ids[1], "Ann", "correct")
    assert preview(client, dataset, since=second["created_at"])["decisions"] == 1
    assert preview(client, dataset, until=second["created_at"])["decisions"] == 1
    span = {"since": first["created_at"], "until": second["created_at"]}
    assert take_back(client, dataset, 1, **span).status_code == 201
    assert verdicts(client, dataset)[:2] == [None, "correct"]


def test_uploads_by_a_filter(client: TestClient, engine: Engine, dataset: Dataset, ids: list[str]) -> None:
    with session_scope(engine) as session:
        factories.verify_given(session, session.merge(dataset))
    decide(client, ids[-1], "Ann", "correct")
    assert take_back(client, dataset, 9, source="upload").json()["count"] == 9
    assert client.get(f"/datasets/{dataset.id}/verified-set").json()["total"] == 1


def test_nothing_is_done_if_the_preview_is_outdated(
    client: TestClient, dataset: Dataset, ids: list[str]
) -> None:
    decide(client, ids[0], "Ann", "correct")
    expected = preview(client, dataset, reviewer="Ann")["decisions"]
    decide(client, ids[1], "Ann", "correct")
    check_problem(take_back(client, dataset, expected, reviewer="Ann"), 409, "preview_outdated")
    assert verdicts(client, dataset)[:2] == ["correct", "correct"]


def test_votes_are_counted_anew(client: TestClient, dataset: Dataset, ids: list[str]) -> None:
    client.patch(f"/datasets/{dataset.id}", json={"overlap": 2}).raise_for_status()
    for reviewer in ("Ann", "Ben"):
        decide(client, ids[0], reviewer, "unusable")
    done = take_back(client, dataset, 1, reviewer="Ben").json()
    assert verdicts(client, dataset)[0] is None
    undo = {"verdict": "withdrawn", "id_min": done["first_id"], "id_max": done["last_id"]}
    take_back(client, dataset, 1, **undo)
    assert verdicts(client, dataset)[0] == "unusable"


def test_a_dataset_that_is_not_there(client: TestClient) -> None:
    check_problem(client.get("/datasets/nope/withdrawals/preview"), 404, "not_found")
    body = {"filter": {}, "expected": 0}
    check_problem(client.post("/datasets/nope/withdrawals", json=body), 404, "not_found")
