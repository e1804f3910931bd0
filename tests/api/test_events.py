"""A job's events, over a real connection."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import fastapi.routing
import httpx
import pytest
from sqlalchemy import Engine
from sqlalchemy.pool import QueuePool

from api.jobs import events
from store.database.engine import session_scope
from store.models import Dataset, Job, WorkStatus
from tests import factories
from tests.api.support import wait_until
from tests.api.test_jobs import add_epochs, make_report, set_status


@dataclass(frozen=True)
class Event:
    """One event, or a comment."""

    kind: str
    id: str | None = None
    data: Any = None


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "POLL_SECONDS", 0.02)


@pytest.fixture
def job_id(engine: Engine, dataset: Dataset) -> str:
    """A queued job."""
    with session_scope(engine) as session:
        return factories.make_job(session, dataset).id


def read(live_url: str, job_id: str, last_event_id: str | None = None) -> Iterator[Event]:
    """The events as they arrive."""
    headers = {"last-event-id": last_event_id} if last_event_id else {}
    url = f"{live_url}/jobs/{job_id}/events"
    with httpx.stream("GET", url, headers=headers, timeout=10) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-cache"
        fields: dict[str, str] = {}
        for line in response.iter_lines():
            name, _, value = line.partition(": ")
            if name:
                fields[name] = value
            elif line == "" and fields:
                yield Event(fields["event"], fields.get("id"), json.loads(fields["data"]))
                fields = {}
            else:
                yield Event("comment")


def test_a_job_is_told_from_start_to_end(live_url: str, engine: Engine, job_id: str) -> None:
    stream = read(live_url, job_id)
    assert next(stream).data["status"] == "queued"
    set_status(engine, job_id, WorkStatus.RUNNING)
    assert next(stream).data["status"] == "running"
    for epoch in (1, 2):
        add_epochs(engine, job_id, epoch)
        assert next(stream) == Event("epoch", str(epoch), make_report(epoch).model_dump(mode="json"))
    with session_scope(engine) as session:
        session.get_one(Job, job_id).cancel_requested = True
    assert next(stream).data["cancel_requested"] is True
    set_status(engine, job_id, WorkStatus.CANCELLED)
    last = next(stream)
    assert (last.kind, last.data["status"]) == ("job", "cancelled")
    assert list(stream) == []


def test_a_job_that_has_ended_is_told_at_once(live_url: str, engine: Engine, job_id: str) -> None:
    add_epochs(engine, job_id, 1, 2, 3)
    set_status(engine, job_id, WorkStatus.SUCCEEDED)
    received = [(event.kind, event.id) for event in read(live_url, job_id)]
    assert received == [("epoch", "1"), ("epoch", "2"), ("epoch", "3"), ("job", None)]


@pytest.mark.parametrize(("last", "epochs"), [("2", ["3"]), ("0", ["1", "2", "3"]), ("x", ["1", "2", "3"])])
def test_coming_back_goes_on_after_the_last_epoch(
    live_url: str, engine: Engine, job_id: str, last: str, epochs: list[str]
) -> None:
    add_epochs(engine, job_id, 1, 2, 3)
    set_status(engine, job_id, WorkStatus.SUCCEEDED)
    received = read(live_url, job_id, last_event_id=last)
    assert [event.id for event in received if event.kind == "epoch"] == epochs


def test_a_quiet_job_sends_a_heartbeat(live_url: str, job_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fastapi.routing, "_PING_INTERVAL", 0.05)
    stream = read(live_url, job_id)
    kinds = (event.kind for event in stream)
    assert "job" in kinds  # a busy machine may send a heartbeat before it
    assert "comment" in kinds
    stream.close()  # type: ignore[attr-defined] # a generator


def test_a_job_that_is_deleted_ends_the_stream(live_url: str, engine: Engine, job_id: str) -> None:
    stream = read(live_url, job_id)
    next(stream)
    with session_scope(engine) as session:
        session.delete(session.get_one(Job, job_id))
    assert list(stream) == []


def test_many_readers_hold_no_connections(live_url: str, engine: Engine, job_id: str) -> None:
    """More readers than the pool has connections, and everybody is served."""
    pool = engine.pool
    assert isinstance(pool, QueuePool)
    readers = 30
    assert readers > pool.size() + pool._max_overflow
    received: list[list[Event]] = []
    threads = [
        threading.Thread(target=lambda: received.append(list(read(live_url, job_id)))) for _ in range(readers)
    ]
    for thread in threads:
        thread.start()
    set_status(engine, job_id, WorkStatus.SUCCEEDED)
    for thread in threads:
        thread.join()
    assert len(received) == readers
    assert {events[-1].data["status"] for events in received} == {"succeeded"}
    wait_until(lambda: pool.checkedout() == 0)
