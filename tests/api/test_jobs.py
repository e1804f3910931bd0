"""Jobs: the checks before a start, listing and cancelling."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from mslg_core.reports import EpochReport
from store.database.engine import session_scope
from store.infrastructure.blobs import BlobStore
from store.models import Dataset, Epoch, Job, WorkStatus
from tests import factories
from tests.api.support import SQLITE_ONLY, Sent, check_problem


def make_report(epoch: int, epochs: int = 3) -> EpochReport:
    """A plausible report."""
    return EpochReport(
        epoch=epoch,
        epochs=epochs,
        phase="meta",
        train_loss=1 / epoch,
        meta_loss=None,
        meta_accuracy=0.5,
        labels_changed=epoch,
        learning_rate=0.01,
        seconds=1.5,
        eta_seconds=float(epochs - epoch),
    )


def add_epochs(engine: Engine, job_id: str, *epochs: int) -> None:
    """What a worker writes after each epoch."""
    with session_scope(engine) as session:
        for epoch in epochs:
            session.add(Epoch(job_id=job_id, epoch=epoch, report=make_report(epoch).model_dump(mode="json")))


def set_status(engine: Engine, job_id: str, status: WorkStatus) -> None:
    """Move a job along."""
    with session_scope(engine) as session:
        session.get_one(Job, job_id).status = status


def test_a_dataset_is_all_that_a_job_needs(client: TestClient, sent: Sent, verified_dataset: Dataset) -> None:
    response = client.post("/jobs", json={"dataset_id": verified_dataset.id})
    assert response.status_code == 202
    job = response.json()
    assert job["status"] == "queued"
    assert job["name"] == "Job 1"
    assert job["config"]["method"] == "mslg"
    assert job["config"]["seed"] == 0
    assert sent == [("train.run", job["id"])]
    assert client.get(f"/jobs/{job['id']}").json() == job
    assert client.get(f"/jobs/{job['id']}/epochs").json() == {"items": []}


def test_a_job_with_a_name_and_a_config(client: TestClient, verified_dataset: Dataset) -> None:
    config = {"method": "cross_entropy", "seed": 7, "epochs": 3}
    body = {"dataset_id": verified_dataset.id, "name": " baseline ", "config": config}
    job = client.post("/jobs", json=body).json()
    assert job["name"] == "baseline"
    assert {key: job["config"][key] for key in config} == config


@SQLITE_ONLY
@pytest.mark.parametrize(
    ("config", "name"),
    [
        ({"epochs": 0}, "config.epochs"),
        ({"epochs": "many"}, "config.epochs"),
        ({"epocs": 3}, "config.epocs"),
        ({"method": "magic"}, "config.method"),
        ({"method": "cross_entropy", "beta": 3}, "config.beta"),
        ({"epochs": 2, "warmup_epochs": 3}, "config"),
        ({"weights_file": "/etc/passwd", "network": "resnet18"}, "config.weights_file"),
        ([], "config"),
    ],
)
def test_a_config_that_makes_no_sense(
    client: TestClient, sent: Sent, verified_dataset: Dataset, config: Any, name: str
) -> None:
    response = client.post("/jobs", json={"dataset_id": verified_dataset.id, "config": config})
    assert response.status_code == 422
    body = check_problem(response, 422, response.json()["code"])
    assert [error["name"] for error in body["errors"]] == [name]
    assert sent == []


def test_too_few_verified_labels(client: TestClient, sent: Sent, dataset: Dataset) -> None:
    body = check_problem(client.post("/jobs", json={"dataset_id": dataset.id}), 409, "too_few_verified")
    assert [error["name"] for error in body["errors"]] == ["cat", "dog", "owl"]
    assert body["errors"][0]["message"] == "3 more verified labels are needed."
    assert client.get("/jobs").json()["items"] == []
    assert sent == []


def test_a_dataset_that_is_not_ready(client: TestClient) -> None:
    empty = client.post("/datasets", json={"name": "x"}).json()
    check_problem(client.post("/jobs", json={"dataset_id": empty["id"]}), 409, "dataset_not_ready")
    check_problem(client.post("/jobs", json={"dataset_id": "nope"}), 404, "not_found")


@pytest.mark.parametrize("status", [WorkStatus.QUEUED, WorkStatus.RUNNING])
def test_a_second_click(
    client: TestClient, engine: Engine, sent: Sent, verified_dataset: Dataset, status: WorkStatus
) -> None:
    job = client.post("/jobs", json={"dataset_id": verified_dataset.id}).json()
    set_status(engine, job["id"], status)
    again = client.post("/jobs", json={"dataset_id": verified_dataset.id})
    body = check_problem(again, 409, "job_already_running")
    assert job["id"] in body["detail"]
    assert len(sent) == 1


def test_a_second_job_after_the_first(client: TestClient, engine: Engine, verified_dataset: Dataset) -> None:
    first = client.post("/jobs", json={"dataset_id": verified_dataset.id}).json()
    set_status(engine, first["id"], WorkStatus.FAILED)
    second = client.post("/jobs", json={"dataset_id": verified_dataset.id}).json()
    assert second["name"] == "Job 2"


def test_a_job_that_goes_on_from_another(
    client: TestClient, engine: Engine, verified_dataset: Dataset
) -> None:
    with session_scope(engine) as session:
        parent = factories.make_succeeded_job(session, session.merge(verified_dataset))
    body = {"dataset_id": verified_dataset.id, "parent_id": parent.id}
    job = client.post("/jobs", json=body).json()
    assert job["parent_id"] == parent.id
    assert client.get(f"/jobs/{job['id']}").json()["parent_id"] == parent.id
    assert client.get(f"/jobs/{parent.id}").json()["parent_id"] is None


@pytest.mark.parametrize("status", [s for s in WorkStatus if s.ended and s is not WorkStatus.SUCCEEDED])
def test_a_parent_without_results(
    client: TestClient, engine: Engine, sent: Sent, verified_dataset: Dataset, status: WorkStatus
) -> None:
    with session_scope(engine) as session:
        parent = factories.make_job(session, verified_dataset)
        parent.status = status
    response = client.post("/jobs", json={"dataset_id": verified_dataset.id, "parent_id": parent.id})
    body = check_problem(response, 422, "parent_not_succeeded")
    assert body["errors"][0]["name"] == "parent_id"
    assert status in body["detail"]
    assert sent == []


def test_a_parent_of_another_dataset(
    client: TestClient, engine: Engine, blobs: BlobStore, sent: Sent, verified_dataset: Dataset
) -> None:
    with session_scope(engine) as session:
        parent = factories.make_succeeded_job(session, factories.make_dataset(session, blobs))
    response = client.post("/jobs", json={"dataset_id": verified_dataset.id, "parent_id": parent.id})
    body = check_problem(response, 422, "other_dataset")
    assert body["errors"][0]["name"] == "parent_id"
    assert sent == []


@SQLITE_ONLY
def test_a_parent_that_is_not_there(client: TestClient, sent: Sent, verified_dataset: Dataset) -> None:
    def start(parent_id: str) -> Any:
        return client.post("/jobs", json={"dataset_id": verified_dataset.id, "parent_id": parent_id})

    check_problem(start("nope"), 404, "not_found")
    assert check_problem(start(""), 422, "invalid_request")["errors"][0]["name"] == "parent_id"
    assert sent == []


def test_jobs_are_listed_newest_first(client: TestClient, engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        ids = [factories.make_job(session, dataset).id for _ in range(3)]
        other = Dataset(name="other")
        session.add(other)
        session.flush()
        other_id = factories.make_job(session, other).id
    assert [job["id"] for job in client.get("/jobs").json()["items"]] == [other_id, *ids[::-1]]
    page = client.get("/jobs", params={"dataset_id": dataset.id, "limit": 2}).json()
    assert [job["id"] for job in page["items"]] == [ids[2], ids[1]]
    params = {"dataset_id": dataset.id, "limit": 2, "cursor": page["next_cursor"]}
    assert [job["id"] for job in client.get("/jobs", params=params).json()["items"]] == [ids[0]]


def test_cancelling(client: TestClient, engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        job_id = factories.make_job(session, dataset).id
    response = client.post(f"/jobs/{job_id}/cancel")
    assert response.status_code == 202
    assert response.json()["status"] == "cancelled"
    check_problem(client.post(f"/jobs/{job_id}/cancel"), 409, "already_ended")
    with session_scope(engine) as session:
        factories.start_job(session.get_one(Job, job_id))
    response = client.post(f"/jobs/{job_id}/cancel")
    assert response.json()["status"] == "running"
    assert response.json()["cancel_requested"] is True
    assert client.post(f"/jobs/{job_id}/cancel").status_code == 202


def test_epochs(client: TestClient, engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        job_id = factories.make_job(session, dataset).id
    add_epochs(engine, job_id, 1, 2)
    items = client.get(f"/jobs/{job_id}/epochs").json()["items"]
    assert [EpochReport.model_validate(item) for item in items] == [make_report(1), make_report(2)]


def test_why_a_job_failed(client: TestClient, engine: Engine, dataset: Dataset) -> None:
    error = {"code": "out_of_memory", "title": "Out of memory", "detail": "Use smaller batches."}
    with session_scope(engine) as session:
        job = factories.make_job(session, dataset)
        job.status, job.error = WorkStatus.FAILED, error
        job_id = job.id
    assert client.get(f"/jobs/{job_id}").json()["error"] == {**error, "errors": []}


@SQLITE_ONLY
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("GET", "/epochs"), ("GET", "/events"), ("POST", "/cancel"), ("GET", "/exports")],
)
def test_an_unknown_job(client: TestClient, method: str, path: str) -> None:
    check_problem(client.request(method, f"/jobs/nope{path}"), 404, "not_found")
