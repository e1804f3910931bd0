"""A decision carries what its author saw: it never replaces a different one that the author did not see."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.models import Dataset, Job
from tests import factories
from tests.api.support import check_problem, sample_ids


@pytest.fixture
def ids(engine: Engine, dataset: Dataset) -> list[str]:
    """The dataset's sample ids by position."""
    return sample_ids(engine, dataset)


def decide(client: TestClient, sample: str, reviewer: str, verdict: str, **more: Any) -> Any:
    body = {"verdict": verdict, "reviewer": reviewer, **more}
    return client.post(f"/samples/{sample}/verifications", json=body)


def test_a_decision_does_not_replace_an_unseen_one(client: TestClient, ids: list[str]) -> None:
    first = decide(client, ids[0], "Ann", "wrong", label="dog", seen="0").json()
    refused = decide(client, ids[0], "Ben", "correct", seen="0")
    body = check_problem(refused, 409, "decided_meanwhile")
    (conflict,) = body["conflicts"]
    assert (conflict["sample_id"], conflict["file_name"]) == (ids[0], "cat/0000.png")
    assert conflict["yours"] == {"verdict": "correct", "label": "cat"}
    theirs = conflict["theirs"]
    assert theirs.pop("created_at").startswith(first["created_at"][:19])
    assert theirs == {"id": first["id"], "verdict": "wrong", "label": "dog", "reviewer": "Ann"}
    assert client.get(f"/samples/{ids[0]}").json()["settled_label"] == "dog"
    assert decide(client, ids[0], "Ben", "correct", seen=first["id"]).status_code == 201
    assert client.get(f"/samples/{ids[0]}").json()["settled_label"] == "cat"


def test_the_same_answer_is_no_conflict(client: TestClient, ids: list[str]) -> None:
    decide(client, ids[0], "Ann", "unusable")
    assert decide(client, ids[0], "Ben", "unusable", seen="0").status_code == 201


def test_a_resent_decision_is_no_conflict(client: TestClient, ids: list[str]) -> None:
    first = decide(client, ids[0], "Ann", "unsure", seen="0").json()
    assert decide(client, ids[0], "Ann", "unsure", seen="0").json() == first


def test_a_withdrawn_decision_is_no_conflict(client: TestClient, ids: list[str]) -> None:
    decide(client, ids[0], "Ann", "unusable")
    decide(client, ids[0], "Ann", "withdrawn")
    assert decide(client, ids[0], "Ben", "correct", seen="0").status_code == 201


def test_without_seen_the_newest_decision_is_active(client: TestClient, ids: list[str]) -> None:
    decide(client, ids[0], "Ann", "unusable")
    assert decide(client, ids[0], "Ben", "correct").status_code == 201


def test_an_uploaded_label_is_not_replaced_unseen(
    client: TestClient, engine: Engine, dataset: Dataset, ids: list[str]
) -> None:
    with session_scope(engine) as session:
        factories.verify_given(session, session.merge(dataset))
    body = check_problem(decide(client, ids[0], "Ben", "unusable", seen="0"), 409, "decided_meanwhile")
    assert body["conflicts"][0]["theirs"]["label"] == "cat"


def test_both_opinions_are_kept_where_several_are_wanted(
    client: TestClient, dataset: Dataset, ids: list[str]
) -> None:
    client.patch(f"/datasets/{dataset.id}", json={"overlap": 2}).raise_for_status()
    for reviewer, verdict in (("Ann", "correct"), ("Ben", "unusable")):
        assert decide(client, ids[0], reviewer, verdict, seen="0").status_code == 201
    assert client.get(f"/datasets/{dataset.id}/queues", params={"reviewer": "Eve"}).json()["tie_break"] == 1


def test_an_adjudication_is_not_replaced_unseen(client: TestClient, dataset: Dataset, ids: list[str]) -> None:
    client.patch(f"/datasets/{dataset.id}", json={"overlap": 2}).raise_for_status()
    for reviewer, verdict in (("Ann", "correct"), ("Ben", "unusable")):
        decide(client, ids[0], reviewer, verdict)
    request = {"queue": "tie_break", "reviewer": "Eve"}
    served = client.post(f"/datasets/{dataset.id}/leases", json=request).json()
    assert [item["sample_id"] for item in served["items"]] == [ids[0]]
    with_label = f"file_name,label\n{served['items'][0]['file_name']},owl"
    headers = {"content-type": "text/csv"}
    client.post(f"/datasets/{dataset.id}/verifications", content=with_label, headers=headers)
    refused = decide(client, ids[0], "Eve", "unsure", seen=served["seen"])
    body = check_problem(refused, 409, "decided_meanwhile")
    assert body["conflicts"][0]["theirs"]["label"] == "owl"


def test_a_batch_names_every_conflict_and_stores_nothing(
    client: TestClient, dataset: Dataset, job: Job, ids: list[str]
) -> None:
    seen = client.get(f"/jobs/{job.id}/columns").json()["seen"]
    for sample in ids[:2]:
        decide(client, sample, "Ann", "unusable")
    items = [{"sample_id": sample, "verdict": "correct", "seen": seen} for sample in ids[:3]]
    address = f"/datasets/{dataset.id}/verifications/batch"
    refused = client.post(address, json={"reviewer": "Ben", "items": items})
    body = check_problem(refused, 409, "decided_meanwhile")
    assert [conflict["sample_id"] for conflict in body["conflicts"]] == ids[:2]
    assert client.get(f"/samples/{ids[2]}").json()["verdict"] is None
    newer = client.get(f"/jobs/{job.id}/columns").json()["seen"]
    again = [item | {"seen": newer} for item in items]
    assert client.post(address, json={"reviewer": "Ben", "items": again}).status_code == 201
    assert {client.get(f"/samples/{sample}").json()["verdict"] for sample in ids[:3]} == {"correct"}
