"""Sends an archive by the protocol tus 1.0: what arrived before a connection broke is not sent again."""

import base64
import time
from collections.abc import Mapping
from http import HTTPStatus

from mslg_client.archives import Source
from mslg_client.errors import ConnectionFailedError, ServiceError, UploadInterruptedError
from mslg_client.progress import ProgressLine, bar
from mslg_client.service import Service

TUS = {"Tus-Resumable": "1.0.0"}
HEAD_BYTES = 4096
"""The first request sends only what shows whether the file can be read: an answer that comes while a client
still sends may get lost."""
REQUEST_BYTES = 64 * 1024 * 1024
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds before each attempt to continue. They begin anew when more has arrived."""
MEGABYTE = 1e6


def upload(service: Service, source: Source, metadata: Mapping[str, str], resume: str | None) -> str:
    """Send `source`, or the rest of it to the upload `resume`. Returns the id of the upload.

    Raises `ServiceError` if the service refuses it, and `UploadInterruptedError` when the connection is lost
    for longer than about a minute.
    """
    upload_id = resume or _begin(service, source, metadata)
    with ProgressLine("upload") as line:
        offset = _continue_at(service, upload_id) if resume else 0
        while True:
            line.write(
                f"{bar(offset, source.size)} {offset / MEGABYTE:,.0f}/{source.size / MEGABYTE:,.0f} MB"
            )
            if offset == source.size:
                return upload_id
            offset = _send_next(service, source, upload_id, offset)


def _begin(service: Service, source: Source, metadata: Mapping[str, str]) -> str:
    pairs = {**metadata, "filename": source.name}
    encoded = [f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in pairs.items()]
    headers = {**TUS, "Upload-Length": str(source.size), "Upload-Metadata": ",".join(encoded)}
    return str(service.call("POST", "/uploads", headers=headers)["id"])


def _send_next(service: Service, source: Source, upload_id: str, offset: int) -> int:
    """Send the next bytes; returns the new offset, also when the connection broke on the way."""
    length = min(REQUEST_BYTES if offset else HEAD_BYTES, source.size - offset)
    headers = {
        **TUS,
        "Content-Type": "application/offset+octet-stream",
        "Content-Length": str(length),
        "Upload-Offset": str(offset),
    }
    try:
        service.send(
            "PATCH",
            "/uploads/{upload_id}",
            ids={"upload_id": upload_id},
            headers=headers,
            content=source.read(offset, length),
        )
    except (ConnectionFailedError, ServiceError) as error:
        if isinstance(error, ServiceError) and not _passes(error):
            raise
        return _continue_at(service, upload_id)
    return offset + length


def _continue_at(service: Service, upload_id: str) -> int:
    """How many bytes have arrived."""
    last: Exception | None = None
    for pause in PAUSES:
        try:
            answer = service.send("HEAD", "/uploads/{upload_id}", ids={"upload_id": upload_id}, headers=TUS)
            return int(answer.headers["Upload-Offset"])
        except (ConnectionFailedError, ServiceError) as error:
            if isinstance(error, ServiceError) and not _passes(error):
                raise
            last = error
        time.sleep(pause)
    raise UploadInterruptedError(upload_id, last or TimeoutError())


def _passes(error: ServiceError) -> bool:
    """Whether the refusal will pass: the request before still holds the upload, or the service restarts."""
    return error.status in (HTTPStatus.LOCKED, HTTPStatus.CONFLICT) or error.status >= HTTPStatus.BAD_GATEWAY
