"""Serving samples to reviewers: every queue, filters, leases, and what is refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.deps import Services
from store.database.engine import session_scope
from store.infrastructure.blobs import BlobStore
from store.models import Dataset, Job, SuspectedLabelError
from tests import factories
from tests.api.support import SQLITE_ONLY, check_problem, sample_ids


@pytest.fixture
def ids(engine: Engine, dataset: Dataset) -> list[str]:
    """The dataset's sample ids by position."""
    return sample_ids(engine, dataset)


def lease(client: TestClient, dataset: Dataset, reviewer: str, **wanted: Any) -> dict[str, Any]:
    """Lease samples; the default queue is verify."""
    body = {"queue": "verify", "reviewer": reviewer, **wanted}
    response = client.post(f"/datasets/{dataset.id}/leases", json=body)
    assert response.status_code == 200, response.text
    served: dict[str, Any] = response.json()
    return served


def test_every_queue_answers(client: TestClient, dataset: Dataset, job: Job) -> None:
    counts = {}
    for queue, job_id in (("verify", None), ("review", job.id), ("tie_break", None), ("re_review", None)):
        served = lease(client, dataset, "Ada", queue=queue, job_id=job_id)
        counts[queue] = (len(served["items"]), served["remaining"])
    assert counts == {"verify": (10, 2), "review": (10, 2), "tie_break": (0, 0), "re_review": (0, 0)}


def test_verify_serves_images_and_given_labels_only(
    client: TestClient, dataset: Dataset, job: Job, ids: list[str]
) -> None:
    (item,) = lease(client, dataset, "Ada", label="dog", count=1)["items"]
    assert item["sample_id"] in ids[1::3]
    assert item == {
        "sample_id": item["sample_id"],
        "file_name": f"dog/{ids.index(item['sample_id']):04}.png",
        "width": 8,
        "height": 8,
        "given_label": "dog",
        "job_id": None,
        "suggested_label": None,
        "label_score": None,
        "rank": None,
        "soft_label": None,
        "soft_label_classes": None,
        "changed_by_model": False,
        "settled_label": None,
        "probability": None,
        "opinions": [],
    }


def test_review_tells_what_the_job_learned(client: TestClient, dataset: Dataset, job: Job) -> None:
    wanted = {"given": "cat", "suggested": "dog", "score_min": 0.0, "score_max": 0.5}
    served = lease(client, dataset, "Ada", queue="review", job_id=job.id, count=2, **wanted)
    assert [item["rank"] for item in served["items"]] == [1, 2]
    assert served["remaining"] == 2
    (first, _) = served["items"]
    assert (first["given_label"], first["suggested_label"], first["job_id"]) == ("cat", "dog", job.id)
    assert first["label_score"] == pytest.approx(0.1, abs=1e-3)
    assert first["soft_label"] == pytest.approx([0.05, 0.9, 0.05])
    assert (first["settled_label"], first["probability"], first["opinions"]) == (None, None, [])


def test_what_the_lease_says_goes_into_the_verification(
    client: TestClient, dataset: Dataset, job: Job
) -> None:
    (item,) = lease(client, dataset, "Ada", queue="review", job_id=job.id, count=1)["items"]
    body = {"verdict": "correct", "reviewer": "Ada"}
    stored = client.post(f"/samples/{item['sample_id']}/verifications", json=body).json()
    assert stored["job_id"] == job.id
    assert lease(client, dataset, "Ada", queue="review", job_id=job.id, count=1)["items"] != [item]


def test_a_tie_is_broken(client: TestClient, dataset: Dataset, ids: list[str]) -> None:
    assert client.patch(f"/datasets/{dataset.id}", json={"overlap": 2}).status_code == 200
    path = f"/samples/{ids[0]}/verifications"
    client.post(path, json={"verdict": "correct", "reviewer": "Ada"})
    client.post(path, json={"verdict": "wrong", "label": "owl", "reviewer": "Bob"})
    queues = client.get(f"/datasets/{dataset.id}/queues", params={"reviewer": "Eve"}).json()
    assert queues == {"verify": 11, "tie_break": 1, "re_review": 0}
    (item,) = lease(client, dataset, "Eve", queue="tie_break")["items"]
    assert item["opinions"] == [
        {"reviewer": "Ada", "verdict": "correct", "label": "cat"},
        {"reviewer": "Bob", "verdict": "wrong", "label": "owl"},
    ]
    client.post(path, json={"verdict": "wrong", "label": "owl", "reviewer": "Eve"})
    sample = client.get(f"/samples/{ids[0]}").json()
    assert (sample["verdict"], sample["settled_label"]) == ("wrong", "owl")
    trail = client.get(f"/datasets/{dataset.id}/verifications", params={"role": "adjudication"}).json()
    assert [stored["reviewer"] for stored in trail["items"]] == ["Eve"]


def test_a_re_review_shows_what_is_settled(
    client: TestClient, engine: Engine, verified_dataset: Dataset, job: Job, ids: list[str]
) -> None:
    with session_scope(engine) as session:
        look = SuspectedLabelError(
            job_id=job.id, sample_id=int(ids[0]), settled_label=0, suggested=1, probability=0.125
        )
        session.add(look)
    (item,) = lease(client, verified_dataset, "Ada", queue="re_review", job_id=job.id)["items"]
    assert (item["sample_id"], item["settled_label"], item["probability"]) == (ids[0], "cat", 0.125)
    assert (item["suggested_label"], item["rank"], item["job_id"]) == ("dog", 1, job.id)
    assert item["opinions"] == [{"reviewer": "", "verdict": "correct", "label": "cat"}]


def test_giving_samples_back(client: TestClient, dataset: Dataset) -> None:
    lease(client, dataset, "Ada", count=12)
    assert lease(client, dataset, "Bob")["items"] == []
    path = f"/datasets/{dataset.id}/leases"
    assert client.delete(path, params={"reviewer": "Ada"}).status_code == 204
    assert len(lease(client, dataset, "Bob", count=12)["items"]) == 12


@SQLITE_ONLY
def test_leases_last_as_long_as_the_settings_say(
    app: FastAPI, client: TestClient, services: Services, dataset: Dataset
) -> None:
    before = datetime.now(UTC)
    served = lease(client, dataset, "Ada", count=12)
    ten_minutes = datetime.fromisoformat(served["expires_at"]) - before
    assert timedelta(minutes=10) <= ten_minutes < timedelta(minutes=11)
    hurried = services.settings.model_copy(update={"review_lease_seconds": 0.001})
    app.state.services = replace(services, settings=hurried)
    lease(client, dataset, "Ada", count=12)
    assert len(lease(client, dataset, "Bob", count=12)["items"]) == 12


@SQLITE_ONLY
def test_holding_renews(client: TestClient, dataset: Dataset) -> None:
    first = lease(client, dataset, "Ada", count=4)
    held = [item["sample_id"] for item in first["items"]]
    second = lease(client, dataset, "Ada", count=12, holding=held)
    assert len(second["items"]) == 8
    assert not {item["sample_id"] for item in second["items"]} & set(held)
    assert second["expires_at"] > first["expires_at"]


@SQLITE_ONLY
@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"queue": "review"}, "job_missing", "job_id"),
        ({"queue": "review", "job_id": "JOB", "label": "cat"}, "filter_not_expected", "label"),
        ({"queue": "review", "job_id": "JOB", "given": "cow"}, "unknown_class", "given"),
        ({"queue": "review", "job_id": "JOB", "suggested": "cow"}, "unknown_class", "suggested"),
        (
            {"queue": "review", "job_id": "JOB", "score_min": 0.6, "score_max": 0.5},
            "empty_range",
            "score_min",
        ),
        ({"queue": "verify", "label": "cow"}, "unknown_class", "label"),
        ({"queue": "verify", "job_id": "JOB"}, "filter_not_expected", "job_id"),
        ({"queue": "verify", "given": "cat"}, "filter_not_expected", "given"),
        ({"queue": "tie_break", "score_min": 0.5}, "filter_not_expected", "score_min"),
        ({"queue": "re_review", "suggested": "cat"}, "filter_not_expected", "suggested"),
        ({"queue": "all"}, "invalid_request", "queue"),
        ({"queue": "verify", "count": 51}, "invalid_request", "count"),
        ({"queue": "verify", "count": 0}, "invalid_request", "count"),
        ({"queue": "verify", "holding": ["x"]}, "invalid_request", "holding.0"),
    ],
)
def test_a_request_that_makes_no_sense(
    client: TestClient, job: Job, body: dict[str, Any], code: str, field: str
) -> None:
    if "job_id" in body:
        body = {**body, "job_id": job.id}
    response = client.post(f"/datasets/{job.dataset_id}/leases", json={"reviewer": "Ada", **body})
    assert check_problem(response, 422, code)["errors"][0]["name"] == field


def test_unknown_datasets_and_jobs(
    client: TestClient, engine: Engine, dataset: Dataset, blobs: BlobStore
) -> None:
    body: dict[str, Any] = {"queue": "verify", "reviewer": "Ada"}
    check_problem(client.post("/datasets/nope/leases", json=body), 404, "not_found")
    check_problem(client.delete("/datasets/nope/leases?reviewer=Ada"), 404, "not_found")
    check_problem(client.get("/datasets/nope/queues?reviewer=Ada"), 404, "not_found")
    with session_scope(engine) as session:
        queued = factories.make_job(session, session.merge(dataset))
        foreign = factories.make_succeeded_job(session, factories.make_dataset(session, blobs))
    path = f"/datasets/{dataset.id}/leases"
    for job_id, status, code in (
        ("nope", 404, "not_found"),
        (foreign.id, 404, "not_found"),
        (queued.id, 409, "job_not_succeeded"),
    ):
        response = client.post(path, json={**body, "queue": "review", "job_id": job_id})
        check_problem(response, status, code)


def test_a_dataset_without_samples(client: TestClient) -> None:
    empty = client.post("/datasets", json={"name": "x"}).json()
    body = {"queue": "verify", "reviewer": "Ada"}
    check_problem(client.post(f"/datasets/{empty['id']}/leases", json=body), 409, "dataset_not_ready")


@pytest.mark.parametrize("way", ["by id", "latest", "in a batch"])
def test_undo_leases_the_sample_to_its_reviewer_again(client: TestClient, dataset: Dataset, way: str) -> None:
    key = lease(client, dataset, "Ada", count=1)["items"][0]["sample_id"]
    path = f"/samples/{key}/verifications"
    stored = client.post(path, json={"verdict": "correct", "reviewer": "Ada"}).json()
    undo: dict[str, tuple[str, dict[str, Any]]] = {
        "by id": (f"/verifications/{stored['id']}/withdrawal", {}),
        "latest": (path, {"verdict": "withdrawn"}),
        "in a batch": (
            f"/datasets/{dataset.id}/verifications/batch",
            {"items": [{"sample_id": key, "verdict": "withdrawn"}]},
        ),
    }
    url, body = undo[way]
    assert client.post(url, json=body | {"reviewer": "Ada"}).status_code == 201
    others = lease(client, dataset, "Bob", count=50)["items"]
    assert key not in [item["sample_id"] for item in others]
    assert [item["sample_id"] for item in lease(client, dataset, "Ada", count=1)["items"]] == [key]
