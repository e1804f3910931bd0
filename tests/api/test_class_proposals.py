"""Proposed classes over REST: who proposes, who decides, what the author is told."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from store.models import Dataset
from tests.api.support import SQLITE_ONLY, check_problem, sample_ids

pytestmark = SQLITE_ONLY


def propose(client: TestClient, sample_id: str, **fields: Any) -> dict[str, Any]:
    """The proposal, as the service returns it."""
    body = {"name": "kitten", "description": "A young cat.", **fields}
    response = client.post(f"/samples/{sample_id}/class-proposals", json=body)
    assert response.status_code == 201, response.text
    found: dict[str, Any] = response.json()
    return found


def decide(client: TestClient, dataset: Dataset, proposal: dict[str, Any], **body: Any) -> Any:
    """The response to a decision."""
    return client.post(f"/datasets/{dataset.id}/class-proposals/{proposal['id']}/decision", json=body)


def listed(client: TestClient, dataset: Dataset, **wanted: Any) -> list[dict[str, Any]]:
    """The proposals, newest first."""
    found: list[dict[str, Any]] = client.get(f"/datasets/{dataset.id}/class-proposals", params=wanted).json()[
        "items"
    ]
    return found


@pytest.mark.parametrize(
    ("decision", "label"),
    [
        ({"outcome": "accepted"}, "kitten"),
        ({"outcome": "accepted", "name": "young cat", "reason": "Clearer."}, "young cat"),
        ({"outcome": "mapped", "label": "cat"}, "cat"),
        ({"outcome": "rejected", "reason": "Too few."}, None),
    ],
)
def test_the_author_sees_the_outcome(
    client: TestClient, engine: Engine, dataset: Dataset, decision: dict[str, str], label: str | None
) -> None:
    ids, status = sample_ids(engine, dataset), decision["outcome"]
    proposed = propose(client, ids[0], reviewer="Ann")
    propose(client, ids[1], reviewer="Bob")
    assert (proposed["status"], proposed["label"], proposed["decided_at"]) == ("pending", None, None)
    decided = decide(client, dataset, proposed, reviewer="Mia", **decision)
    assert decided.json() == {"num_proposals": 2, "status": status, "label": label}
    (seen,) = listed(client, dataset, reviewer="Ann")
    assert (seen["status"], seen["label"], seen["decided_by"]) == (status, label, "Mia")
    assert seen["reason"] == decision.get("reason", "")
    assert [one["sample_id"] for one in listed(client, dataset, status=status)] == [ids[1], ids[0]]
    assert [one["id"] for one in listed(client, dataset, sample_id=ids[0])] == [proposed["id"]]


def test_an_accepted_class_is_described_and_undone(
    client: TestClient, engine: Engine, dataset: Dataset
) -> None:
    proposed = propose(client, sample_ids(engine, dataset)[0], reviewer="Ann")
    decide(client, dataset, proposed, outcome="accepted")
    classes = client.get(f"/datasets/{dataset.id}/classes").json()["items"]
    assert (classes[-1]["name"], classes[-1]["description"]) == ("kitten", "A young cat.")
    (change,) = client.get(f"/datasets/{dataset.id}/changes", params={"limit": 1}).json()["items"]
    assert (change["kind"], change["details"]["proposed_by"]) == ("class_added", "Ann")
    client.post(f"/datasets/{dataset.id}/changes/{change['number']}/undo", json={})
    (pending,) = listed(client, dataset)
    assert (pending["status"], pending["label"], pending["decided_by"]) == ("pending", None, None)


@pytest.mark.parametrize(
    ("decision", "code"),
    [
        ({"outcome": "accepted", "name": "owl"}, "class_exists"),
        ({"outcome": "mapped", "label": "cow"}, "unknown_class"),
        ({"outcome": "mapped"}, "label_missing"),
        ({"outcome": "mapped", "label": "cat", "name": "x"}, "not_expected"),
        ({"outcome": "rejected", "reason": " "}, "reason_missing"),
        ({"outcome": "rejected", "reason": "No.", "label": "cat"}, "not_expected"),
        ({"outcome": "withdrawn"}, "invalid_request"),
    ],
)
def test_an_invalid_decision_changes_nothing(
    client: TestClient, engine: Engine, dataset: Dataset, decision: dict[str, str], code: str
) -> None:
    proposed = propose(client, sample_ids(engine, dataset)[0])
    check_problem(decide(client, dataset, proposed, **decision), 422, code)
    assert listed(client, dataset) == [proposed]


def test_conflicts(client: TestClient, engine: Engine, dataset: Dataset) -> None:
    sample_id = sample_ids(engine, dataset)[0]
    address = f"/samples/{sample_id}/class-proposals"
    check_problem(client.post(address, json={"name": "owl"}), 422, "class_exists")
    check_problem(client.post(address, json={"name": " cow"}), 422, "invalid_request")
    proposed = propose(client, sample_id)
    check_problem(client.post(address, json={"name": "cow"}), 409, "already_proposed")
    withdrawal = f"/datasets/{dataset.id}/class-proposals/{proposed['id']}/withdrawal"
    assert client.post(withdrawal, json={}).json()["status"] == "withdrawn"
    check_problem(client.post(withdrawal, json={}), 409, "proposal_decided")
    check_problem(decide(client, dataset, {"id": "99"}, outcome="accepted"), 404, "not_found")
