"""A REST client for the demo, as a user's own script might implement it."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from cli.errors import CommandError

POLL_SECONDS = 0.2
START_SECONDS = 60.0
CHUNK_BYTES = 1024 * 1024

Json = dict[str, Any]


class DemoClient:
    """Calls `/api/v1` of the service at `url`. Methods raise `CommandError` if a request fails."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=f"{url}/api/v1", timeout=60)

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def wait_until_up(self, is_alive: Callable[[], bool]) -> None:
        """Wait until the service responds, while its process `is_alive`."""
        deadline = time.monotonic() + START_SECONDS
        while is_alive() and time.monotonic() < deadline:
            try:
                if self._http.get("/health").is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(POLL_SECONDS)
        raise CommandError("The service did not start: see its log.")

    def upload(self, name: str, archive: Path) -> Json:
        """Create a dataset from `archive`, wait until it is ingested, and return it."""
        dataset = self._call("POST", "/datasets", json={"name": name})
        path = f"/datasets/{dataset['id']}"
        self._call("PUT", f"{path}/archive", params={"file_name": archive.name}, content=_chunks(archive))
        self._wait(f"{path}/ingest")
        return self._call("GET", path)

    def verify(self, dataset_id: str, verified_csv: str) -> Json:
        """Upload verified labels; return the number accepted and the verified set."""
        return self._call(
            "POST",
            f"/datasets/{dataset_id}/verifications",
            content=verified_csv.encode(),
            headers={"Content-Type": "text/csv"},
        )

    def start_job(self, dataset_id: str, name: str, config: Json | None = None) -> Json:
        """Start a job. Without `config` the service chooses all settings."""
        body = {"dataset_id": dataset_id, "name": name, "config": config or {}}
        return self._call("POST", "/jobs", json=body)

    def follow(self, job_id: str) -> Iterator[tuple[str, Json]]:
        """Stream the job's events (`epoch`, `job`) to the end; reconnects after lost connections."""
        last_event_id = ""
        while True:
            try:
                for event, data, event_id in self._events(job_id, last_event_id):
                    last_event_id = event_id or last_event_id
                    yield event, data
                return
            except httpx.TransportError:
                time.sleep(POLL_SECONDS)

    def job(self, job_id: str) -> Json:
        """The job. Raises `CommandError` unless it succeeded."""
        return _succeeded(self._call("GET", f"/jobs/{job_id}"))

    def summary(self, job_id: str) -> Json:
        """The job's summary."""
        return self._call("GET", f"/jobs/{job_id}/summary")

    def ranking(self, job_id: str, limit: int) -> list[Json]:
        """The `limit` most suspicious samples."""
        page = self._call("GET", f"/jobs/{job_id}/results", params={"limit": limit})
        items: list[Json] = page["items"]
        return items

    def export(self, job_id: str, file_format: str) -> bytes:
        """Build an export, wait for it and download it."""
        export = self._call("POST", f"/jobs/{job_id}/exports", json={"format": file_format})
        self._wait(f"/exports/{export['id']}")
        response = self._http.get(f"/exports/{export['id']}/file")
        _raise_for_problem(response)
        return response.content

    def _call(self, method: str, path: str, **arguments: Any) -> Json:
        response = self._http.request(method, path, **arguments)
        _raise_for_problem(response)
        data: Json = response.json()
        return data

    def _wait(self, path: str) -> Json:
        while (work := self._call("GET", path))["status"] in ("queued", "running"):
            time.sleep(POLL_SECONDS)
        return _succeeded(work)

    def _events(self, job_id: str, last_event_id: str) -> Iterator[tuple[str, Json, str]]:
        """Server-sent events as (event, data, id)."""
        headers = {"Last-Event-ID": last_event_id} if last_event_id else {}
        with self._http.stream("GET", f"/jobs/{job_id}/events", headers=headers, timeout=None) as response:
            if response.is_error:
                response.read()
                _raise_for_problem(response)
            fields: dict[str, str] = {}
            for line in response.iter_lines():
                name, _, value = line.partition(":")
                if name:
                    fields[name] = value.removeprefix(" ")
                elif "data" in fields:
                    yield fields.get("event", "message"), json.loads(fields["data"]), fields.get("id", "")
                    fields = {}


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _succeeded(work: Json) -> Json:
    if work["status"] != "succeeded":
        problem = work.get("error") or {}
        raise CommandError(f"{problem.get('title', work['status'])}: {problem.get('detail', '')}")
    return work


def _raise_for_problem(response: httpx.Response) -> None:
    if response.is_error:
        raise CommandError(f"{response.request.method} {response.request.url}: {response.text}")
