"""Both blob stores: a local folder and a real S3 interface."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from moto.server import ThreadedMotoServer

from store.infrastructure.blobs import ObjectBlobStore, open_blobs
from tests.servers import free_port


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    """A server that speaks S3."""
    server = ThreadedMotoServer("127.0.0.1", free_port(), verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["file", "s3"])
def blob_url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of an empty store of either kind."""
    if request.param == "file":
        return (tmp_path / "a folder").as_uri()
    endpoint = request.getfixturevalue("s3_endpoint")
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    httpx.put(f"{endpoint}/bucket").raise_for_status()
    return f"s3://bucket/{tmp_path.name}"


@pytest.fixture
def blobs(blob_url: str) -> ObjectBlobStore:
    """An empty store of either kind."""
    return open_blobs(blob_url)
