"""What tests of uploads by the protocol tus use. A client is FastAPI's or that of a real server."""

import base64
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select

from api.deps import Services
from store.database.engine import session_scope
from store.models import Dataset, Ingest, Upload

FILE = b"PK\x03\x04" + os.urandom(1_999_996)
HALF = len(FILE) // 2
TUS = {"Tus-Resumable": "1.0.0"}
NEW = {"dataset_name": "Birds", "filename": "birds.zip", "dry_run": "true"}
"""The metadata of an archive that creates its dataset."""
BYTES = {**TUS, "Content-Type": "application/offset+octet-stream"}


def metadata(values: Mapping[str, str]) -> str:
    """The header Upload-Metadata."""
    return ",".join(f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in values.items())


def begin(client: Any, length: int = len(FILE), values: Mapping[str, str] = NEW) -> Any:
    """Announce a file, by default of a new dataset."""
    headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata(values)}
    return client.post("/uploads", headers=headers)


def begin_at(client: Any, values: Mapping[str, str] = NEW) -> str:
    """Announce a file; returns the path of the upload."""
    response = begin(client, values=values)
    assert response.status_code == 201, response.text
    return str(response.headers["location"]).removeprefix("/api/v1")


def send(client: Any, path: str, offset: int, data: bytes) -> Any:
    """Append to an upload."""
    return client.patch(path, content=data, headers={**BYTES, "Upload-Offset": str(offset)})


def offset_of(client: Any, path: str) -> int:
    """Where the upload is to be continued."""
    response = client.head(path, headers=TUS)
    assert response.status_code == 200, response.text
    return int(response.headers["upload-offset"])


def arrived(client: Any, path: str) -> int:
    """How many bytes are there, also while a request sends more."""
    return int(client.get(path).json()["offset"])


def stored_files(services: Services) -> list[Path]:
    """Everything that lies in the blob store's folder."""
    root = Path(services.settings.resolved_blob_url.removeprefix("file://"))
    return [path for path in root.rglob("*") if path.is_file()]


def check_nothing_left(services: Services) -> None:
    """No blob, no dataset, no upload."""
    assert stored_files(services) == []
    with session_scope(services.engine, read_only=True) as session:
        for model in (Dataset, Ingest, Upload):
            assert session.scalar(select(func.count()).select_from(model)) == 0


def open_request(live_url: str, path: str, offset: int) -> socket.socket:
    """A connection on which all the rest of the file is announced and nothing of it is sent."""
    url = urlsplit(live_url)
    headers = {**BYTES, "Host": url.netloc, "Upload-Offset": offset, "Content-Length": len(FILE) - offset}
    lines = [f"PATCH {url.path}{path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    connection = socket.create_connection((url.hostname or "", url.port or 0))
    connection.sendall("\r\n".join([*lines, "", ""]).encode())
    return connection


def cut_after(live_url: str, path: str, offset: int, data: bytes) -> None:
    """Begin to send the rest of the file, and hang up after `data`."""
    with open_request(live_url, path, offset) as connection:
        connection.sendall(data)
