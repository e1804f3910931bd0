"""Datasets and samples: make, list, filter, look at, delete."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, func, select

from api.deps import Services
from store.database.engine import Base, session_scope
from store.infrastructure.blobs import BlobStore, dataset_prefix
from store.models import Dataset, Export, ExportFormat, Ingest, Job, Rejection, Version, WorkStatus
from tests import factories
from tests.api.support import SQLITE_ONLY, check_problem, sample_ids

UNKNOWN = "00000000-0000-0000-0000-000000000000"


def walk(client: TestClient, path: str, **params: Any) -> list[dict[str, Any]]:
    """All items of a list, page by page."""
    items: list[dict[str, Any]] = []
    cursor: str | None = None
    for _ in range(100):
        page = client.get(path, params=params | ({"cursor": cursor} if cursor else {})).json()
        assert len(page["items"]) <= params["limit"]
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items
    raise AssertionError("the list never ends")


def test_a_new_dataset_is_empty(client: TestClient) -> None:
    response = client.post("/datasets", json={"name": " birds "})
    assert response.status_code == 201
    created = response.json()
    assert created["name"] == "birds"
    assert created["status"] == "empty"
    assert created["classes"] == []
    assert created["created_at"].endswith("Z")
    assert client.get(f"/datasets/{created['id']}").json() == created


def test_datasets_are_listed_newest_first_page_by_page(client: TestClient) -> None:
    ids = [client.post("/datasets", json={"name": f"d{i}"}).json()["id"] for i in range(5)]
    assert [item["id"] for item in walk(client, "/datasets", limit=2)] == ids[::-1]


@SQLITE_ONLY
@pytest.mark.parametrize(
    "path",
    ["", "/ingest", "/rejections", "/samples", "/verified-set"],
)
def test_an_unknown_dataset(client: TestClient, path: str) -> None:
    check_problem(client.get(f"/datasets/{UNKNOWN}{path}"), 404, "not_found")


def test_a_dataset_without_ingest(client: TestClient, dataset: Dataset) -> None:
    check_problem(client.get(f"/datasets/{dataset.id}/ingest"), 404, "not_found")


def test_rejections_are_listed(client: TestClient, engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        for i in range(5):
            row = Rejection(dataset_id=dataset.id, file_name=f"{i}.png", reason_code="x", reason="Bad.")
            session.add(row)
    listed = walk(client, f"/datasets/{dataset.id}/rejections", limit=2)
    assert [item["file_name"] for item in listed] == [f"{i}.png" for i in range(5)]
    assert listed[0] == {"file_name": "0.png", "code": "x", "reason": "Bad."}


def test_samples_are_listed_with_class_names(client: TestClient, dataset: Dataset) -> None:
    samples = walk(client, f"/datasets/{dataset.id}/samples", limit=5)
    assert [sample["position"] for sample in samples] == list(range(12))
    assert samples[1]["file_name"] == "dog/0001.png"
    assert samples[1]["external_id"] == "id-1"
    assert samples[1]["given_label"] == "dog"
    assert samples[1]["settled_label"] is None
    assert client.get(f"/samples/{samples[1]['id']}").json() == samples[1]


def test_samples_come_shuffled_in_an_order_that_stays(client: TestClient, dataset: Dataset) -> None:
    path = f"/datasets/{dataset.id}/samples"
    shuffled = walk(client, path, limit=5, order="shuffled")
    assert sorted(sample["position"] for sample in shuffled) == list(range(12))
    assert [sample["sha256"] for sample in shuffled] == sorted(sample["sha256"] for sample in shuffled)
    assert walk(client, path, limit=7, order="shuffled") == shuffled


def test_samples_can_be_filtered(client: TestClient, verified_dataset: Dataset) -> None:
    path = f"/datasets/{verified_dataset.id}/samples"
    owls = walk(client, path, limit=2, label="owl")
    assert [sample["position"] for sample in owls] == [2, 5, 8, 11]
    assert len(walk(client, path, limit=100, verdict="correct")) == 9
    assert len(walk(client, path, limit=100, reviewed=True)) == 9
    assert len(walk(client, path, limit=100, reviewed=False)) == 3
    assert len(walk(client, path, limit=100, split="holdout", label="owl")) == 1
    assert len(walk(client, path, limit=100, split="meta", verdict="correct", label="owl")) == 2


@SQLITE_ONLY
@pytest.mark.parametrize(
    ("params", "code", "name"),
    [
        ({"label": "cow"}, "unknown_class", "label"),
        ({"verdict": "maybe"}, "invalid_request", "verdict"),
        ({"limit": 0}, "invalid_request", "limit"),
        ({"limit": 1001}, "invalid_request", "limit"),
        ({"cursor": "x"}, "invalid_cursor", "cursor"),
    ],
)
def test_a_filter_that_makes_no_sense(
    client: TestClient, dataset: Dataset, params: dict[str, Any], code: str, name: str
) -> None:
    body = check_problem(client.get(f"/datasets/{dataset.id}/samples", params=params), 422, code)
    assert body["errors"][0]["name"] == name


def test_another_lists_cursor_is_refused(client: TestClient, dataset: Dataset) -> None:
    cursor = client.get(f"/datasets/{dataset.id}/samples", params={"limit": 1}).json()["next_cursor"]
    check_problem(client.get("/datasets", params={"cursor": cursor}), 422, "invalid_cursor")


def test_an_image_is_served_for_good(client: TestClient, engine: Engine, dataset: Dataset) -> None:
    sample_id = sample_ids(engine, dataset)[3]
    response = client.get(f"/samples/{sample_id}/image")
    assert response.status_code == 200
    assert response.content == factories.make_image(3)
    assert response.headers["content-type"] == "image/png"
    assert response.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert response.headers["content-security-policy"] == "default-src 'none'"
    assert response.headers["x-content-type-options"] == "nosniff"
    etag = response.headers["etag"]
    again = client.get(f"/samples/{sample_id}/image", headers={"if-none-match": f'"old", {etag}'})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == etag


def test_an_image_that_is_gone(
    client: TestClient, engine: Engine, blobs: BlobStore, dataset: Dataset
) -> None:
    blobs.delete_prefix(dataset_prefix(dataset.id))
    check_problem(client.get(f"/samples/{sample_ids(engine, dataset)[0]}/image"), 404, "blob_not_found")


def test_how_a_dataset_is_reviewed_can_be_changed(client: TestClient, dataset: Dataset) -> None:
    path = f"/datasets/{dataset.id}"
    before = client.get(path).json()
    assert (before["guidelines"], before["overlap"], before["honeypot_rate"]) == ("", 1, 0.0)
    changed = client.patch(path, json={"guidelines": "A kitten is a cat.", "overlap": 3}).json()
    assert changed == before | {"guidelines": "A kitten is a cat.", "overlap": 3}
    assert client.patch(path, json={"honeypot_rate": 0.1}).json() == changed | {"honeypot_rate": 0.1}
    assert client.patch(path, json={}).json() == client.get(path).json()


def test_fewer_people_settle_what_waits(client: TestClient, dataset: Dataset) -> None:
    path = f"/datasets/{dataset.id}"
    client.patch(path, json={"overlap": 2})
    sample = client.get(f"{path}/samples").json()["items"][0]["id"]
    client.post(f"/samples/{sample}/verifications", json={"verdict": "correct", "reviewer": "Ada"})
    assert client.get(f"/samples/{sample}").json()["verdict"] is None
    client.patch(path, json={"overlap": 1})
    assert client.get(f"/samples/{sample}").json()["verdict"] == "correct"


@SQLITE_ONLY
@pytest.mark.parametrize(
    "change",
    [{"overlap": 0}, {"overlap": 11}, {"honeypot_rate": 0.6}, {"guidelines": "x" * 20_001}],
)
def test_a_change_that_makes_no_sense(client: TestClient, dataset: Dataset, change: dict[str, Any]) -> None:
    check_problem(client.patch(f"/datasets/{dataset.id}", json=change), 422, "invalid_request")
    check_problem(client.patch("/datasets/nope", json={}), 404, "not_found")


def test_deleting_a_dataset_leaves_nothing(
    client: TestClient, services: Services, verified_dataset: Dataset
) -> None:
    with session_scope(services.engine) as session:
        dataset = session.merge(verified_dataset)
        job = factories.make_succeeded_job(session, dataset)
        of_job = {"dataset_id": dataset.id, "job_id": job.id, "format": ExportFormat.CSV}
        session.add(Export(**of_job, status=WorkStatus.SUCCEEDED, file_key="x"))
    image_path = f"/samples/{sample_ids(services.engine, verified_dataset)[0]}/image"
    assert client.delete(f"/datasets/{verified_dataset.id}").status_code == 204
    assert client.get(f"/datasets/{verified_dataset.id}").status_code == 404
    assert client.get(image_path).status_code == 404
    with session_scope(services.engine) as session:
        rows = {name: session.scalar(select(func.count()).select_from(t)) for name, t in tables().items()}
    assert set(rows.values()) == {0}, rows
    root = services.settings.resolved_blob_url.removeprefix("file://")
    assert not [path for path in Path(root).rglob("*") if path.is_file()]


def tables() -> dict[str, Any]:
    """Every table."""
    return dict(Base.metadata.tables)


@pytest.mark.parametrize("status", [WorkStatus.QUEUED, WorkStatus.RUNNING])
@pytest.mark.parametrize("kind", ["ingest", "job", "export", "version"])
def test_a_dataset_at_work_is_not_deleted(
    client: TestClient, engine: Engine, dataset: Dataset, kind: str, status: WorkStatus
) -> None:
    with session_scope(engine) as session:
        job = Job(dataset_id=dataset.id, config={}, status=WorkStatus.SUCCEEDED)
        session.add(job)
        session.flush()
        live = {
            "ingest": Ingest(dataset_id=dataset.id, archive_key="x", size_bytes=1, status=status),
            "job": Job(dataset_id=dataset.id, config={}, status=status),
            "export": Export(dataset_id=dataset.id, job_id=job.id, format=ExportFormat.CSV, status=status),
            "version": Version(dataset_id=dataset.id, name="gold", status=status),
        }
        session.add(live[kind])
    body = check_problem(client.delete(f"/datasets/{dataset.id}"), 409, "dataset_busy")
    assert kind in body["detail"]
    assert client.get(f"/datasets/{dataset.id}").status_code == 200


def test_an_unknown_dataset_is_not_deleted(client: TestClient) -> None:
    check_problem(client.delete(f"/datasets/{UNKNOWN}"), 404, "not_found")


@pytest.mark.parametrize(
    ("search", "positions"),
    [("CAT/", [0, 3, 6, 9]), ("0004", [4]), ("id-7", [7]), ("%", []), ("cat_", []), ("no such", [])],
)
def test_samples_are_found_by_name_or_id(
    client: TestClient, dataset: Dataset, search: str, positions: list[int]
) -> None:
    found = client.get(f"/datasets/{dataset.id}/samples", params={"search": search}).json()["items"]
    assert [item["position"] for item in found] == positions


def test_a_sample_is_found_by_its_number(client: TestClient, dataset: Dataset) -> None:
    listed = client.get(f"/datasets/{dataset.id}/samples").json()["items"]
    found = client.get(f"/datasets/{dataset.id}/samples", params={"search": listed[5]["id"]}).json()["items"]
    assert listed[5] in found
