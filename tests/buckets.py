"""A server that speaks S3, for tests."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx
import obstore
from moto.server import ThreadedMotoServer
from obstore.store import S3Store

from tests.servers import free_port

KEYS = {"access_key_id": "test", "secret_access_key": "test-secret"}


@contextmanager
def s3_server() -> Iterator[str]:
    """The address of an S3 server without buckets."""
    server = ThreadedMotoServer("127.0.0.1", free_port(), verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    httpx.post(f"http://{host}:{port}/moto-api/reset").raise_for_status()  # all servers of a process share it
    yield f"http://{host}:{port}"
    server.stop()


def connect(endpoint: str, bucket: str) -> S3Store:
    """A bucket, by its owner's keys."""
    return S3Store(
        bucket,
        endpoint=endpoint,
        region="us-east-1",
        access_key_id=KEYS["access_key_id"],
        secret_access_key=KEYS["secret_access_key"],
        client_options={"allow_http": True},
    )


def fill(endpoint: str, bucket: str, files: Mapping[str, bytes]) -> None:
    """Put objects into a bucket."""
    store = connect(endpoint, bucket)
    for name, data in files.items():
        obstore.put(store, name, data)
