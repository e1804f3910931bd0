"""Shares of a queue over HTTP: preview, assign, progress, take back, and what is refused."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from store.models import Dataset, Job
from tests.api.support import check_problem


def assign(client: TestClient, dataset: Dataset, **body: Any) -> list[dict[str, Any]]:
    """Assign shares; by default one to Ann."""
    body = {"assignees": [{"reviewers": ["Ann"]}], "reviewer": "Lea", **body}
    response = client.post(f"/datasets/{dataset.id}/shares", json=body)
    assert response.status_code == 201, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items


def listed(client: TestClient, dataset: Dataset) -> list[dict[str, Any]]:
    """All shares."""
    items: list[dict[str, Any]] = client.get(f"/datasets/{dataset.id}/shares").json()["items"]
    return items


def test_a_ranking_is_shared_by_weight(client: TestClient, dataset: Dataset, job: Job) -> None:
    wanted = {"job_id": job.id, "given": "cat"}
    preview = client.get(f"/datasets/{dataset.id}/shares/preview", params=wanted).json()
    assert preview == {"num_samples": 4}
    assignees = [{"reviewers": ["Ann"], "weight": 3}, {"reviewers": ["Ben", "Cem", "Ben"]}]
    created = assign(client, dataset, filter=wanted, assignees=assignees)
    assert [(one["assignees"], one["num_samples"], one["num_decided"]) for one in created] == [
        (["Ann"], 3, 0),
        (["Ben", "Cem"], 1, 0),
    ]
    assert {(one["description"], one["reviewer"]) for one in created} == {("class cat", "Lea")}
    assert client.get(f"/datasets/{dataset.id}/shares/preview", params=wanted).json() == {"num_samples": 0}
    body = {"queue": "review", "job_id": job.id, "reviewer": "Ann", "count": 3}
    served = client.post(f"/datasets/{dataset.id}/leases", json=body).json()["items"]
    assert {item["given_label"] for item in served} == {"cat"}
    decision = {"verdict": "correct", "reviewer": "Ann", "job_id": job.id}
    client.post(f"/samples/{served[0]['sample_id']}/verifications", json=decision).raise_for_status()
    assert [one["num_decided"] for one in listed(client, dataset)] == [1, 0]
    gone = client.delete(f"/datasets/{dataset.id}/shares/{created[0]['id']}")
    assert gone.status_code == 204
    assert [one["assignees"] for one in listed(client, dataset)] == [["Ben", "Cem"]]


def test_the_description_names_every_condition(client: TestClient, dataset: Dataset, job: Job) -> None:
    wanted = {"job_id": job.id, "score_min": 0.0, "score_max": 0.9, "rank_max": 9}
    (share,) = assign(client, dataset, filter=wanted, max_samples=2)
    assert share["description"] == "score at least 0.0, score at most 0.9, rank at most 9, first 2"
    assert share["num_samples"] == 2
    assert assign(client, dataset)[0]["description"] == "all images"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"assignees": []}, "invalid_request"),
        ({"assignees": [{"reviewers": [" "]}]}, "invalid_request"),
        ({"assignees": [{"reviewers": ["Ann"], "weight": 0}]}, "invalid_request"),
        ({"filter": {"score_max": 0.5}}, "filter_not_expected"),
        ({"filter": {"class": "cat"}}, "invalid_request"),
        ({"filter": {"given": "emu"}}, "unknown_class"),
    ],
)
def test_unusable_requests_are_refused(
    client: TestClient, dataset: Dataset, body: dict[str, Any], code: str
) -> None:
    whole = {"assignees": [{"reviewers": ["Ann"]}], **body}
    check_problem(client.post(f"/datasets/{dataset.id}/shares", json=whole), 422, code)
    assert listed(client, dataset) == []


def test_nothing_left_to_share_and_an_unknown_share(client: TestClient, dataset: Dataset) -> None:
    assign(client, dataset)
    body = {"assignees": [{"reviewers": ["Ben"]}]}
    check_problem(client.post(f"/datasets/{dataset.id}/shares", json=body), 409, "nothing_to_share")
    check_problem(client.delete(f"/datasets/{dataset.id}/shares/999"), 404, "not_found")
