"""Uploads by the protocol tus: in parts, refused, stopped, expired, finished."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from api.deps import Services
from api.uploads import service
from store.database.columns import utc_now
from store.database.engine import session_scope
from store.models import Dataset, DatasetStatus, Ingest, IngestKind, Upload
from tests.api.support import Sent, check_problem
from tests.api.tus import FILE, HALF, TUS, begin, begin_at, check_nothing_left, offset_of, send, stored_files
from worker.tasks.expired_uploads import delete_expired_uploads


def test_the_capabilities(client: TestClient) -> None:
    response = client.options("/uploads")
    assert response.status_code == 204
    assert response.headers["tus-version"] == response.headers["tus-resumable"] == "1.0.0"
    assert response.headers["tus-extension"] == "creation,expiration,termination"
    assert response.headers["tus-max-size"] == "3000000"


def test_a_file_in_two_parts_creates_its_dataset_at_the_end(
    client: TestClient, services: Services, sent: Sent
) -> None:
    response = begin(client)
    upload = response.json()
    path = response.headers["location"].removeprefix("/api/v1")
    assert (upload["status"], upload["offset"], upload["dataset_name"]) == ("receiving", 0, "Birds")
    assert offset_of(client, path) == 0
    first = send(client, path, 0, FILE[:HALF])
    assert first.status_code == 204
    assert first.headers["upload-offset"] == str(HALF)
    assert "upload-expires" in first.headers
    assert offset_of(client, path) == HALF
    assert client.get("/datasets").json()["items"] == []
    assert sent == []
    assert send(client, path, HALF, FILE[HALF:]).headers["upload-offset"] == str(len(FILE))
    [dataset] = client.get("/datasets").json()["items"]
    assert (dataset["id"], dataset["name"]) == (upload["dataset_id"], "Birds")
    assert dataset["status"] == "ingesting"
    ingest = client.get(f"/datasets/{dataset['id']}/ingest").json()
    assert (ingest["file_name"], ingest["size_bytes"], ingest["dry_run"]) == ("birds.zip", len(FILE), True)
    assert sent == [("ingest.run", ingest["id"])]
    [file] = stored_files(services)
    assert file.read_bytes() == FILE
    shown = client.get(path).json()
    assert (shown["status"], shown["offset"]) == ("complete", len(FILE))
    assert offset_of(client, path) == len(FILE)  # for a client that missed the last answer
    assert send(client, path, len(FILE), b"").status_code == 204
    assert len(sent) == 1


@pytest.mark.parametrize("offset", [0, HALF - 1, HALF + 1])
def test_a_wrong_offset_is_refused(client: TestClient, offset: int) -> None:
    path = begin_at(client)
    send(client, path, 0, FILE[:HALF])
    check_problem(send(client, path, offset, FILE[HALF : HALF + 10]), 409, "wrong_offset")
    assert offset_of(client, path) == HALF


def test_more_bytes_than_announced(client: TestClient) -> None:
    path = begin_at(client)
    check_problem(send(client, path, 0, FILE + b"x"), 413, "too_large")
    assert offset_of(client, path) == 0
    send(client, path, 0, FILE[:HALF])
    check_problem(send(client, path, HALF, FILE[HALF:] + b"x"), 413, "too_large")
    assert offset_of(client, path) == HALF


@pytest.mark.parametrize(
    ("length", "status", "code"),
    [(3_000_001, 413, "too_large"), (0, 422, "empty_upload"), (-1, 422, "invalid_request")],
)
def test_a_wrong_length_is_refused_at_once(
    client: TestClient, services: Services, length: int, status: int, code: str
) -> None:
    check_problem(begin(client, length), status, code)
    check_nothing_left(services)


@pytest.mark.parametrize("name", ["photos.rar", "Photos.7Z", "birds.tar.xz"])
def test_a_name_of_another_kind_of_archive_is_refused(
    client: TestClient, services: Services, name: str
) -> None:
    problem = check_problem(
        begin(client, values={"dataset_name": "x", "filename": name}), 415, "not_an_archive"
    )
    assert "upload a .zip" in problem["detail"]
    check_nothing_left(services)


def test_the_first_bytes_decide_whatever_the_name(client: TestClient, services: Services) -> None:
    path = begin_at(client, values={"dataset_name": "x", "filename": "photo.zip"})
    answer = send(client, path, 0, b"\xff\xd8\xff\xe0 a JPEG" + bytes(range(256)) * 4)
    problem = check_problem(answer, 415, "not_an_archive")
    assert "upload a .zip" in problem["detail"]
    check_nothing_left(services)
    check_problem(client.get(path), 404, "not_found")


def test_first_bytes_that_come_one_by_one_are_judged_together(client: TestClient, services: Services) -> None:
    path = begin_at(client)
    assert send(client, path, 0, b"no").status_code == 204
    check_problem(send(client, path, 2, b"t an archive" * 50), 415, "not_an_archive")
    check_nothing_left(services)


def test_a_short_file_is_judged_whole(client: TestClient, services: Services) -> None:
    path = str(begin(client, 3).headers["location"]).removeprefix("/api/v1")
    check_problem(send(client, path, 0, b"abc"), 415, "not_an_archive")
    check_nothing_left(services)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"filename": "x.zip"}, "body"),
        ({"dataset_name": "x", "dataset_id": "y"}, "body"),
        ({"dataset_name": " "}, "dataset_name"),
        ({"dataset_name": "x", "kind": "verified_images"}, "body"),
        ({"dataset_name": "x", "kind": "films"}, "kind"),
        ({"dataset_name": "x", "colour": "red"}, "colour"),
    ],
)
def test_metadata_that_make_no_sense(client: TestClient, values: dict[str, str], field: str) -> None:
    problem = check_problem(begin(client, values=values), 422, "invalid_request")
    assert field == "body" or field in problem["errors"][0]["name"]


def test_metadata_that_are_no_base64(client: TestClient) -> None:
    headers = {**TUS, "Upload-Length": "10", "Upload-Metadata": "dataset_name Birds!"}
    check_problem(client.post("/uploads", headers=headers), 422, "invalid_request")


def test_another_version_of_the_protocol(client: TestClient) -> None:
    path = begin_at(client)
    for headers in ({"Tus-Resumable": "0.2.2"}, {}):
        assert client.head(path, headers=headers).status_code == 412
        check_problem(client.delete(path, headers=headers), 412, "tus_version")


def test_another_content_type(client: TestClient) -> None:
    path = begin_at(client)
    headers = {**TUS, "Upload-Offset": "0", "Content-Type": "application/zip"}
    check_problem(client.patch(path, content=FILE, headers=headers), 415, "unsupported_media_type")


def test_a_second_request_on_one_upload_is_refused(client: TestClient, services: Services) -> None:
    path = begin_at(client)
    upload_id = path.rpartition("/")[2]
    service.lock(services, upload_id)
    check_problem(send(client, path, 0, FILE), 423, "upload_locked")
    service.unlock(services, upload_id)
    assert send(client, path, 0, FILE).status_code == 204


def test_the_lock_of_a_server_that_died_ends(client: TestClient, engine: Engine) -> None:
    path = begin_at(client)
    with session_scope(engine) as session:
        upload = session.get_one(Upload, path.rpartition("/")[2])
        upload.locked_until = utc_now() - timedelta(seconds=1)
    assert send(client, path, 0, FILE).status_code == 204


def test_a_server_that_died_before_the_end_finishes_later(
    client: TestClient, services: Services, sent: Sent
) -> None:
    path = begin_at(client)
    services.partials.append(path.rpartition("/")[2], 0, FILE)
    assert offset_of(client, path) == len(FILE)
    assert client.get(path).json()["status"] == "complete"
    assert len(sent) == 1
    assert stored_files(services)[0].read_bytes() == FILE


def test_a_stopped_upload_leaves_nothing(client: TestClient, services: Services) -> None:
    path = begin_at(client)
    send(client, path, 0, FILE[:HALF])
    assert len(stored_files(services)) == 1
    assert client.delete(path, headers=TUS).status_code == 204
    check_nothing_left(services)
    check_problem(send(client, path, HALF, FILE[HALF:]), 404, "not_found")
    check_problem(client.delete(path, headers=TUS), 404, "not_found")


def test_an_upload_that_nobody_continues_expires(client: TestClient, services: Services) -> None:
    path, other = begin_at(client), begin_at(client)
    send(client, path, 0, FILE[:HALF])
    send(client, other, 0, FILE[:HALF])
    with session_scope(services.engine) as session:
        session.get_one(Upload, path.rpartition("/")[2]).expires_at = utc_now() - timedelta(seconds=1)
    assert client.head(path, headers=TUS).status_code == 404
    check_problem(send(client, path, HALF, FILE[HALF:]), 404, "not_found")
    delete_expired_uploads(services.engine, services.partials, utc_now())
    assert offset_of(client, other) == HALF
    assert len(stored_files(services)) == 1
    delete_expired_uploads(services.engine, services.partials, utc_now() + services.settings.upload_expiry)
    check_nothing_left(services)


def test_bytes_postpone_the_end(client: TestClient, engine: Engine) -> None:
    path = begin_at(client)
    upload_id = path.rpartition("/")[2]
    soon = utc_now() + timedelta(seconds=60)
    with session_scope(engine) as session:
        session.get_one(Upload, upload_id).expires_at = soon
    send(client, path, 0, FILE[:HALF])
    with session_scope(engine) as session:
        assert session.get_one(Upload, upload_id).expires_at > soon


def test_the_archive_of_an_existing_dataset(client: TestClient, services: Services, sent: Sent) -> None:
    dataset = client.post("/datasets", json={"name": "x"}).json()["id"]
    path = begin_at(client, values={"dataset_id": dataset, "filename": "x.zip"})
    send(client, path, 0, FILE)
    assert client.get(f"/datasets/{dataset}").json()["status"] == "ingesting"
    assert len(sent) == 1
    check_problem(begin(client, values={"dataset_id": dataset}), 409, "dataset_not_empty")
    check_problem(begin(client, values={"dataset_id": "nope"}), 404, "not_found")


def test_a_dataset_that_is_filled_or_deleted_meanwhile(client: TestClient, services: Services) -> None:
    dataset = client.post("/datasets", json={"name": "x"}).json()["id"]
    path, other = (begin_at(client, values={"dataset_id": dataset}) for _ in range(2))
    with session_scope(services.engine) as session:
        session.get_one(Dataset, dataset).status = DatasetStatus.INGESTING
    check_problem(send(client, path, 0, FILE), 409, "dataset_not_empty")
    with session_scope(services.engine) as session:
        session.delete(session.get_one(Dataset, dataset))
    check_problem(send(client, other, 0, FILE), 404, "not_found")
    check_nothing_left(services)


def test_verified_images(client: TestClient, dataset: Dataset, engine: Engine) -> None:
    path = begin_at(client, values={"dataset_id": dataset.id, "kind": "verified_images"})
    assert send(client, path, 0, FILE).status_code == 204
    with session_scope(engine) as session:
        ingest = session.scalars(select(Ingest)).one()
        assert (ingest.kind, ingest.dry_run) == (IngestKind.VERIFIED_IMAGES, False)
    check_problem(
        begin(client, values={"dataset_id": dataset.id, "kind": "verified_images"}), 409, "dataset_busy"
    )
