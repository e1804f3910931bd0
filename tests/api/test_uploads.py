"""Archives come in as a stream, whole or not at all; a real server where the wire matters."""

import http.client
import socket
import tracemalloc
from collections.abc import AsyncIterable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.datasets import uploads
from api.deps import Services
from api.errors import TruncatedUploadError
from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore
from store.models import Dataset, DatasetStatus, Ingest, IngestKind
from tests.api.support import SQLITE_ONLY, Sent, check_problem, wait_until

MEGABYTE = 1_000_000


@pytest.fixture
def dataset_id(client: TestClient) -> str:
    """An empty dataset."""
    return str(client.post("/datasets", json={"name": "x"}).json()["id"])


def stored_files(services: Services) -> list[Path]:
    """Everything that lies in the blob store's folder."""
    root = Path(services.settings.resolved_blob_url.removeprefix("file://"))
    return [path for path in root.rglob("*") if path.is_file()]


def check_nothing_stored(services: Services, dataset_id: str) -> None:
    """No blob, no ingest, and the dataset still takes an archive."""
    wait_until(lambda: stored_files(services) == [])
    with session_scope(services.engine) as session:
        dataset = session.get(Dataset, dataset_id)
        assert dataset is not None
        assert dataset.status is DatasetStatus.EMPTY
        assert session.query(Ingest).count() == 0


def test_an_archive_is_stored_and_its_ingest_queued(
    client: TestClient, services: Services, sent: Sent, dataset_id: str
) -> None:
    data = b"PK" + b"x" * 2 * MEGABYTE
    response = client.put(f"/datasets/{dataset_id}/archive?file_name=../my birds.zip", content=data)
    assert response.status_code == 202
    ingest = response.json()
    assert ingest["status"] == "queued"
    assert ingest["size_bytes"] == len(data)
    assert ingest["file_name"] == "../my birds.zip"
    assert sent == [("ingest.run", ingest["id"])]
    [file] = stored_files(services)
    assert file.read_bytes() == data
    assert "birds" not in str(file)
    assert client.get(f"/datasets/{dataset_id}/ingest").json() == ingest
    assert client.get(f"/datasets/{dataset_id}").json()["status"] == "ingesting"


def test_an_archive_of_unknown_length(client: TestClient, services: Services, dataset_id: str) -> None:
    chunks = (b"x" * 100_000 for _ in range(5))
    response = client.put(f"/datasets/{dataset_id}/archive", content=chunks)
    assert response.status_code == 202
    assert response.json()["size_bytes"] == 500_000


def test_an_empty_file(client: TestClient, services: Services, sent: Sent, dataset_id: str) -> None:
    check_problem(client.put(f"/datasets/{dataset_id}/archive", content=b""), 422, "empty_upload")
    check_nothing_stored(services, dataset_id)
    assert sent == []


def test_an_unknown_dataset(client: TestClient, services: Services) -> None:
    check_problem(client.put("/datasets/nope/archive", content=b"abc"), 404, "not_found")
    assert stored_files(services) == []


def test_a_second_archive(client: TestClient, services: Services, sent: Sent, dataset_id: str) -> None:
    client.put(f"/datasets/{dataset_id}/archive", content=b"abc")
    check_problem(client.put(f"/datasets/{dataset_id}/archive", content=b"def"), 409, "dataset_not_empty")
    assert len(stored_files(services)) == len(sent) == 1


def test_a_dataset_that_is_ready(client: TestClient, dataset: Dataset) -> None:
    response = client.put(f"/datasets/{dataset.id}/archive", content=b"abc")
    check_problem(response, 409, "dataset_not_empty")


def test_another_archive_after_one_that_failed(client: TestClient, engine: Engine, dataset_id: str) -> None:
    with session_scope(engine) as session:
        dataset = session.get(Dataset, dataset_id)
        assert dataset is not None
        dataset.status = DatasetStatus.FAILED
    assert client.put(f"/datasets/{dataset_id}/archive", content=b"abc").status_code == 202


def test_an_upload_that_loses_the_race(
    client: TestClient, services: Services, dataset_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = uploads.check_target

    def check_then_be_overtaken(services: Services, dataset_id: str, kind: IngestKind) -> None:
        check(services, dataset_id, kind)
        with session_scope(services.engine) as session:
            session.get_one(Dataset, dataset_id).status = DatasetStatus.INGESTING

    monkeypatch.setattr(uploads, "check_target", check_then_be_overtaken)
    response = client.put(f"/datasets/{dataset_id}/archive", content=b"abc")
    check_problem(response, 409, "dataset_not_empty")
    assert stored_files(services) == []


def test_too_large_and_says_so(live_url: str, services: Services, dataset_id: str) -> None:
    host = urlsplit(live_url).netloc
    connection = http.client.HTTPConnection(host, timeout=10)
    connection.putrequest("PUT", f"/api/v1/datasets/{dataset_id}/archive")
    connection.putheader("Content-Length", str(10 * MEGABYTE))
    connection.endheaders()  # not a byte of the body: the answer must not wait for it
    response = connection.getresponse()
    assert response.status == 413
    assert b"too_large" in response.read()
    connection.close()
    check_nothing_stored(services, dataset_id)


def test_too_large_and_does_not_say_so(client: TestClient, services: Services, dataset_id: str) -> None:
    chunks = (b"x" * MEGABYTE for _ in range(5))
    check_problem(client.put(f"/datasets/{dataset_id}/archive", content=chunks), 413, "too_large")
    check_nothing_stored(services, dataset_id)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_client_that_hangs_up(
    live_url: str, services: Services, failures: list[BaseException], dataset_id: str, chunked: bool
) -> None:
    send_half(live_url, f"/datasets/{dataset_id}/archive", chunked=chunked)
    wait_until(lambda: bool(failures))
    assert isinstance(failures[0], TruncatedUploadError)
    check_nothing_stored(services, dataset_id)


@pytest.fixture
def failures(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """What the storing of archives has failed with."""
    failures: list[BaseException] = []
    put = ObjectBlobStore.put_stream_async

    async def recorded_put(self: ObjectBlobStore, key: str, chunks: AsyncIterable[bytes]) -> None:
        try:
            await put(self, key, chunks)
        except BaseException as error:
            failures.append(error)
            raise

    monkeypatch.setattr(ObjectBlobStore, "put_stream_async", recorded_put)
    return failures


def send_half(live_url: str, path: str, *, chunked: bool) -> None:
    """Announce two megabytes (or chunks without end), send one and hang up."""
    url = urlsplit(live_url)
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {2 * MEGABYTE}"
    head = f"PUT {url.path}{path} HTTP/1.1\r\nHost: {url.netloc}\r\n{length}\r\n\r\n"
    data = b"x" * MEGABYTE
    with socket.create_connection((url.hostname or "", url.port or 0)) as connection:
        connection.sendall(head.encode())
        connection.sendall(b"%x\r\n%s\r\n" % (len(data), data) if chunked else data)


@SQLITE_ONLY
def test_an_upload_is_not_held_in_memory(live_url: str, services: Services, dataset_id: str) -> None:
    """50 MB go through while this process, which is the server's too, grows by far less."""
    object.__setattr__(services.settings, "max_archive_bytes", 100 * MEGABYTE)
    tracemalloc.start()
    try:
        chunks = (bytes(MEGABYTE) for _ in range(50))
        response = httpx.put(f"{live_url}/datasets/{dataset_id}/archive", content=chunks, timeout=60)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert response.json()["size_bytes"] == 50 * MEGABYTE
    assert peak < 25 * MEGABYTE
