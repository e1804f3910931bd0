"""A change of settings carries what its author saw: it never replaces a value that the author did not see."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from store.models import Dataset, Job
from tests.api.support import check_problem


def change(client: TestClient, dataset: Dataset, **body: Any) -> Any:
    """Change the dataset's settings."""
    return client.patch(f"/datasets/{dataset.id}", json=body)


def settings(client: TestClient, dataset: Dataset) -> tuple[str, int]:
    """Guidelines and overlap."""
    found = client.get(f"/datasets/{dataset.id}").json()
    return found["guidelines"], found["overlap"]


def test_a_change_does_not_replace_an_unseen_value(client: TestClient, dataset: Dataset) -> None:
    change(client, dataset, overlap=3, guidelines="By Ann.", seen={"overlap": 1, "guidelines": ""})
    refused = change(client, dataset, overlap=2, guidelines="By Ben.", seen={"overlap": 1, "guidelines": ""})
    body = check_problem(refused, 409, "changed_meanwhile")
    assert body["settings"] == [
        {"name": "guidelines", "yours": "By Ben.", "theirs": "By Ann."},
        {"name": "overlap", "yours": 2, "theirs": 3},
    ]
    assert "guidelines, overlap" in body["detail"]
    assert settings(client, dataset) == ("By Ann.", 3)
    insisted = change(client, dataset, guidelines="By Ben.", seen={"guidelines": "By Ann."})
    assert insisted.status_code == 200
    assert settings(client, dataset) == ("By Ben.", 3)


def test_changes_of_different_settings_do_not_conflict(client: TestClient, dataset: Dataset) -> None:
    assert change(client, dataset, overlap=3, seen={"overlap": 1}).status_code == 200
    assert change(client, dataset, guidelines="By Ben.", seen={"guidelines": ""}).status_code == 200
    assert settings(client, dataset) == ("By Ben.", 3)


def test_the_same_value_is_no_conflict(client: TestClient, dataset: Dataset) -> None:
    for _ in range(2):
        assert change(client, dataset, honeypot_rate=0.1, seen={"honeypot_rate": 0.0}).status_code == 200
    assert change(client, dataset, value_range=[0, 9], seen={"value_range": None}).status_code == 200


def test_without_seen_the_newest_change_holds(client: TestClient, dataset: Dataset) -> None:
    change(client, dataset, overlap=3)
    assert change(client, dataset, overlap=2).status_code == 200


def choose(client: TestClient, job: Job, **body: Any) -> Any:
    """Choose what is accepted."""
    return client.put(f"/jobs/{job.id}/auto-accept", json=body)


def test_a_policy_does_not_replace_an_unseen_one(client: TestClient, job: Job) -> None:
    address = f"/jobs/{job.id}/auto-accept"
    before = client.get(address).json()["seen"]
    assert before == "0"
    first = choose(client, job, policy="none", reviewer="Ann", seen=before).json()
    refused = choose(client, job, policy="budget", max_error=0.05, reviewer="Ben", seen=before)
    body = check_problem(refused, 409, "changed_meanwhile")
    assert body["settings"] == [
        {"name": "policy", "yours": "budget", "theirs": "none"},
        {"name": "max_error", "yours": 0.05},
    ]
    assert client.get(address).json()["policy"]["kind"] == "none"
    assert choose(client, job, policy="none", reviewer="Ben", seen=before).status_code == 200  # the same
    assert client.get(address).json()["seen"] != first["seen"]


def test_an_undo_does_not_undo_an_unseen_choice(client: TestClient, job: Job) -> None:
    address = f"/jobs/{job.id}/auto-accept"
    seen = choose(client, job, policy="none").json()["seen"]
    newest = choose(client, job, policy="budget", max_error=0.05).json()["seen"]
    body = check_problem(client.delete(address, params={"seen": seen}), 409, "changed_meanwhile")
    assert body["settings"] == [
        {"name": "policy", "theirs": "budget"},
        {"name": "max_error", "theirs": 0.05},
    ]
    undone = client.delete(address, params={"seen": newest}).json()
    assert (undone["policy"]["kind"], undone["seen"]) == ("none", seen)


@pytest.mark.parametrize("seen", ["", "x", "-1"])
def test_an_unreadable_seen_is_refused(client: TestClient, job: Job, seen: str) -> None:
    check_problem(choose(client, job, policy="none", seen=seen), 422, "invalid_request")
