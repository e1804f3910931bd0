"""Exports: queue, follow, download."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.deps import Services
from store.database.columns import utc_now
from store.database.engine import session_scope
from store.models import Dataset, Export, ExportFormat, Job, WorkStatus
from store.versions.number import read_version
from tests.api.support import Sent, check_problem, sample_ids

FILES = {
    ExportFormat.CSV: ("csv", "text/csv; charset=utf-8"),
    ExportFormat.JSONL: ("jsonl", "application/jsonl"),
    ExportFormat.PARQUET: ("parquet", "application/vnd.apache.parquet"),
    ExportFormat.CLASS_FOLDERS: ("zip", "application/zip"),
    ExportFormat.YOLO: ("zip", "application/zip"),
    ExportFormat.IMAGEFOLDER: ("zip", "application/zip"),
    ExportFormat.WEBDATASET: ("tar", "application/x-tar"),
    ExportFormat.FIFTYONE: ("zip", "application/zip"),
    ExportFormat.LABEL_STUDIO: ("zip", "application/zip"),
    ExportFormat.CVAT: ("zip", "application/zip"),
    ExportFormat.DATUMARO: ("zip", "application/zip"),
    ExportFormat.CLEANLAB: ("csv", "text/csv; charset=utf-8"),
    ExportFormat.PATCH: ("jsonl", "application/jsonl"),
}
"""The suffix of a file and its media type."""


def finish(services: Services, export_id: str, data: bytes) -> None:
    """What the worker does."""
    services.blobs.put(f"exports/{export_id}", data)
    with session_scope(services.engine) as session:
        export = session.get_one(Export, export_id)
        export.status, export.file_key = WorkStatus.SUCCEEDED, f"exports/{export_id}"
        export.num_rows, export.size_bytes = 12, len(data)
        export.dataset_version = read_version(session, export.dataset_id)
        export.started_at = export.finished_at = utc_now()


@pytest.mark.parametrize("file_format", list(ExportFormat))
def test_from_the_click_to_the_file(
    client: TestClient, services: Services, job: Job, sent: Sent, file_format: ExportFormat
) -> None:
    response = client.post(f"/jobs/{job.id}/exports", json={"format": file_format})
    assert response.status_code == 202
    export = response.json()
    assert sent == [("export.run", export["id"])]
    assert client.get(f"/exports/{export['id']}").json() == export
    check_problem(client.get(f"/exports/{export['id']}/file"), 409, "export_not_succeeded")

    data = b"x" * 3_000_000
    finish(services, export["id"], data)
    assert client.get(f"/exports/{export['id']}").json()["num_rows"] == 12
    file = client.get(f"/exports/{export['id']}/file")
    assert file.status_code == 200
    assert file.content == data
    assert file.headers["content-length"] == str(len(data))
    suffix, media_type = FILES[file_format]
    assert file.headers["content-type"] == media_type
    name = client.get(f"/exports/{export['id']}").json()["file_name"]
    kind = "" if file_format == suffix else f".{file_format.replace('_', '-')}"
    assert name == f"animals-0.0{kind}.{suffix}"
    header = f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"
    assert file.headers["content-disposition"] == header


def test_a_file_from_before_a_change_of_mind_is_outdated(
    client: TestClient, engine: Engine, services: Services, job: Job, dataset: Dataset
) -> None:
    def build() -> str:
        export = client.post(f"/jobs/{job.id}/exports", json={"format": "csv"}).json()
        finish(services, export["id"], b"x")
        return str(export["id"])

    first = build()
    assert not client.get(f"/exports/{first}").json()["is_outdated"]
    client.post(f"/samples/{sample_ids(engine, dataset)[0]}/verifications", json={"verdict": "unusable"})
    second = build()
    client.put(f"/jobs/{job.id}/auto-accept", json={"policy": "none"}).raise_for_status()
    third = build()
    listed = client.get(f"/jobs/{job.id}/exports").json()["items"]
    assert {item["id"]: item["is_outdated"] for item in listed} == {first: True, second: True, third: False}


def test_a_second_click_builds_once(client: TestClient, services: Services, job: Job, sent: Sent) -> None:
    first = client.post(f"/jobs/{job.id}/exports", json={"format": "csv"}).json()
    assert client.post(f"/jobs/{job.id}/exports", json={"format": "csv"}).json() == first
    other = client.post(f"/jobs/{job.id}/exports", json={"format": "jsonl"}).json()
    assert other["id"] != first["id"]
    finish(services, first["id"], b"x")
    later = client.post(f"/jobs/{job.id}/exports", json={"format": "csv"}).json()
    assert later["id"] != first["id"]
    assert len(sent) == 3
    listed = client.get(f"/jobs/{job.id}/exports").json()["items"]
    assert [item["id"] for item in listed] == [later["id"], other["id"], first["id"]]


def test_the_same_export_leaves_out_the_same_images(client: TestClient, job: Job, sent: Sent) -> None:
    everything = client.post(f"/jobs/{job.id}/exports", json={"format": "csv"}).json()
    assert everything["leave_out"] == []
    wanted = {"format": "csv", "leave_out": ["outliers", "duplicates"]}
    fewer = client.post(f"/jobs/{job.id}/exports", json=wanted).json()
    assert fewer["leave_out"] == ["duplicates", "outliers"]
    again = {"format": "csv", "leave_out": ["duplicates", "outliers", "outliers"]}
    assert client.post(f"/jobs/{job.id}/exports", json=again).json() == fewer
    assert len(sent) == 2
    unknown = client.post(f"/jobs/{job.id}/exports", json=wanted | {"leave_out": ["ugly"]})
    assert check_problem(unknown, 422, "invalid_request")["errors"][0]["name"] == "leave_out.0"


def test_the_same_export_omits_the_same_parts(client: TestClient, job: Job, sent: Sent) -> None:
    address = f"/jobs/{job.id}/exports"
    everything = client.post(address, json={"format": "cvat"}).json()
    assert everything["omit"] == []
    anonymous = client.post(address, json={"format": "cvat", "omit": ["comments", "reviewers"]}).json()
    assert anonymous["omit"] == ["reviewers", "comments"]
    again = {"format": "cvat", "omit": ["reviewers", "comments", "comments"]}
    assert client.post(address, json=again).json() == anonymous
    assert len(sent) == 2
    unknown = client.post(address, json={"format": "cvat", "omit": ["labels"]})
    assert check_problem(unknown, 422, "invalid_request")["errors"][0]["name"] == "omit.0"


def test_a_format_that_is_not_written(client: TestClient, job: Job) -> None:
    response = client.post(f"/jobs/{job.id}/exports", json={"format": "xlsx"})
    body = check_problem(response, 422, "invalid_request")
    assert body["errors"][0]["name"] == "format"


def test_what_is_not_there(client: TestClient, engine: Engine, job: Job) -> None:
    check_problem(client.post("/jobs/nope/exports", json={"format": "csv"}), 404, "not_found")
    check_problem(client.get("/exports/nope"), 404, "not_found")
    check_problem(client.get("/exports/nope/file"), 404, "not_found")
    export = client.post(f"/jobs/{job.id}/exports", json={"format": "csv"}).json()
    with session_scope(engine) as session:
        row = session.get_one(Export, export["id"])
        row.status, row.file_key = WorkStatus.SUCCEEDED, "gone"
    check_problem(client.get(f"/exports/{export['id']}/file"), 404, "blob_not_found")
