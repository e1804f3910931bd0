"""The audit trail, comments, agreement and the reviewers' records over HTTP."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from store.database.columns import utc_now
from store.database.engine import session_scope
from store.models import Dataset, Lease, Queue
from tests.api.support import SQLITE_ONLY, check_problem, sample_ids


@pytest.fixture
def ids(engine: Engine, dataset: Dataset) -> list[str]:
    """The dataset's sample ids by position."""
    return sample_ids(engine, dataset)


def decide(client: TestClient, sample_id: str, reviewer: str, **fields: Any) -> dict[str, Any]:
    """One verification; the default verdict is correct."""
    body = {"verdict": "correct", "reviewer": reviewer, **fields}
    response = client.post(f"/samples/{sample_id}/verifications", json=body)
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer


def trail(client: TestClient, dataset: Dataset, **wanted: Any) -> list[dict[str, Any]]:
    """The first page of the audit trail."""
    response = client.get(f"/datasets/{dataset.id}/verifications", params=wanted)
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items


def test_every_decision_is_in_the_trail(
    client: TestClient, verified_dataset: Dataset, ids: list[str]
) -> None:
    stored = decide(client, ids[1], "Ada", verdict="wrong", label="owl")
    undone = client.post(f"/verifications/{stored['id']}/withdrawal", json={"reviewer": "Bob"}).json()
    items = trail(client, verified_dataset)
    assert len(items) == 11
    assert items[0] == undone | {
        "file_name": "dog/0001.png",
        "given_label": "dog",
        "role": "opinion",
        "withdrawn": False,
    }
    assert undone["withdraws_id"] == stored["id"]
    assert (items[1]["id"], items[1]["withdrawn"]) == (stored["id"], True)
    assert {(item["source"], item["withdrawn"]) for item in items[2:]} == {("upload", False)}


def test_the_trail_is_paged(client: TestClient, verified_dataset: Dataset) -> None:
    path = f"/datasets/{verified_dataset.id}/verifications"
    seen: list[int] = []
    cursor = None
    while True:
        page = client.get(path, params={"limit": 4} | ({"cursor": cursor} if cursor else {})).json()
        seen += [int(item["id"]) for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == 9
    assert seen == sorted(seen, reverse=True)


def test_the_trail_may_be_filtered(client: TestClient, verified_dataset: Dataset, ids: list[str]) -> None:
    decide(client, ids[0], "Ada", verdict="unsure")
    decide(client, ids[1], "Ada")
    decide(client, ids[1], "Bob")
    assert len(trail(client, verified_dataset, reviewer="Ada")) == 2
    assert len(trail(client, verified_dataset, verdict="unsure")) == 1
    assert len(trail(client, verified_dataset, source="upload")) == 9
    assert len(trail(client, verified_dataset, source="review", sample_id=ids[1])) == 2
    assert trail(client, verified_dataset, role="honeypot") == []


@SQLITE_ONLY
@pytest.mark.parametrize("wanted", [{"verdict": "x"}, {"role": "x"}, {"sample_id": "x"}, {"source": "x"}])
def test_a_filter_that_makes_no_sense(client: TestClient, dataset: Dataset, wanted: dict[str, str]) -> None:
    response = client.get(f"/datasets/{dataset.id}/verifications", params=wanted)
    check_problem(response, 422, "invalid_request")


def test_comments(client: TestClient, dataset: Dataset, ids: list[str]) -> None:
    first = client.post(f"/samples/{ids[0]}/comments", json={"reviewer": "Ada", "text": " A cat? "})
    assert first.status_code == 201
    second = client.post(f"/samples/{ids[0]}/comments", json={"text": "An owl!"}).json()
    other = client.post(f"/samples/{ids[1]}/comments", json={"text": "Blurred."}).json()
    assert first.json()["text"] == "A cat?"
    listed = client.get(f"/samples/{ids[0]}/comments").json()["items"]
    assert listed == [first.json(), second]
    page = client.get(f"/datasets/{dataset.id}/comments", params={"limit": 2}).json()
    assert page["items"] == [other | {"file_name": "dog/0001.png"}, second | {"file_name": "cat/0000.png"}]
    rest = client.get(f"/datasets/{dataset.id}/comments", params={"cursor": page["next_cursor"]}).json()
    assert [item["id"] for item in rest["items"]] == [first.json()["id"]]
    assert rest["next_cursor"] is None


@SQLITE_ONLY
@pytest.mark.parametrize("text", ["", "   ", "x" * 2001, "a\u0000b"])
def test_a_comment_that_is_none(client: TestClient, ids: list[str], text: str) -> None:
    check_problem(client.post(f"/samples/{ids[0]}/comments", json={"text": text}), 422, "invalid_request")


def test_agreement(client: TestClient, dataset: Dataset, ids: list[str]) -> None:
    client.patch(f"/datasets/{dataset.id}", json={"overlap": 2})
    for sample_id in ids[:2]:
        decide(client, sample_id, "Ada")
        decide(client, sample_id, "Bob")
    decide(client, ids[2], "Ada")
    decide(client, ids[2], "Bob", verdict="wrong", label="cat")
    found = client.get(f"/datasets/{dataset.id}/agreement").json()
    assert (found["samples"], found["contested"]) == (3, 1)
    assert found["observed"] == pytest.approx(2 / 3)
    assert found["fleiss_kappa"] == pytest.approx(0.5385, abs=1e-4)  # chance: (2/6)² + (2/6)² + 2 (1/6)²
    (pair,) = found["pairs"]
    assert (pair["a"], pair["b"], pair["samples"]) == ("Ada", "Bob", 3)
    assert pair["cohen_kappa"] == pytest.approx((2 / 3 - 2 / 9) / (1 - 2 / 9))


def test_reviewers(client: TestClient, engine: Engine, verified_dataset: Dataset, ids: list[str]) -> None:
    with session_scope(engine) as session:
        for sample_id in ids[:4]:
            session.add(
                Lease(
                    sample_id=int(sample_id),
                    reviewer="Ada",
                    dataset_id=verified_dataset.id,
                    queue=Queue.VERIFY,
                    is_honeypot=True,
                    expires_at=utc_now(),
                )
            )
    for sample_id in ids[:2]:
        decide(client, sample_id, "Ada")
    decide(client, ids[2], "Ada", verdict="wrong", label="cat")
    last = decide(client, ids[3], "Ada", verdict="unusable")
    (ada,) = client.get(f"/datasets/{verified_dataset.id}/reviewers").json()["items"]
    assert (ada["reviewer"], ada["decisions"], ada["withdrawn"]) == ("Ada", 4, 0)
    assert (ada["honeypots"]["value"], ada["honeypots"]["n"]) == (0.5, 4)
    assert ada["honeypots"]["low"] == pytest.approx(0.15, abs=5e-3)
    assert sorted((m["settled"], m["decided"], m["count"]) for m in ada["confusion"]) == [
        ("cat", "unusable", 1),
        ("owl", "cat", 1),
    ]
    assert ada["last_at"] == last["created_at"]
    assert client.get(f"/samples/{ids[2]}").json()["settled_label"] == "owl"


@pytest.mark.parametrize("what", ["verifications", "comments", "agreement", "reviewers"])
def test_an_unknown_dataset(client: TestClient, what: str) -> None:
    check_problem(client.get(f"/datasets/nope/{what}"), 404, "not_found")


def test_an_unknown_sample(client: TestClient) -> None:
    check_problem(client.get("/samples/99/comments"), 404, "not_found")
    check_problem(client.post("/samples/99/comments", json={"text": "x"}), 404, "not_found")
