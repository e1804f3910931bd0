"""The sweep re-sends lost messages and re-queues the tasks of lost workers."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from store.database.columns import utc_now
from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore
from store.models import Dataset, DatasetStatus, Export, Ingest, IngestKind, Upload, WorkStatus
from store.settings import Settings
from store.tasks import lifecycle
from tests.factories import make_dataset, make_job, make_succeeded_job
from worker.app import create_app
from worker.tasks import sweep

pytestmark = pytest.mark.usefixtures("in_process")

LEASE = timedelta(seconds=2)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The messages that the sweep sends, as (task, id)."""
    messages: list[tuple[str, str]] = []

    def send_task(name: str, args: list[str]) -> None:
        messages.append((name, args[0]))

    monkeypatch.setattr("worker.tasks.sweep.app.send_task", send_task)
    return messages


def make_ingest(engine: Engine) -> Ingest:
    with session_scope(engine) as session:
        dataset = Dataset(name="letters", status=DatasetStatus.INGESTING)
        session.add(dataset)
        session.flush()
        ingest = Ingest(dataset_id=dataset.id, archive_key="nowhere", size_bytes=1)
        session.add(ingest)
        session.flush()
        return ingest


def test_recent_tasks_are_left_alone(engine: Engine, sent: list[tuple[str, str]]) -> None:
    ingest = make_ingest(engine)
    with session_scope(engine) as session:
        lifecycle.claim(session, Ingest, ingest.id, LEASE)
    make_ingest(engine)
    sweep.sweep(engine, utc_now())
    assert sent == []


def test_tasks_queued_too_long_are_sent_again(
    engine: Engine, blobs: ObjectBlobStore, settings: Settings, sent: list[tuple[str, str]]
) -> None:
    ingest = make_ingest(engine)
    with session_scope(engine) as session:
        dataset = make_dataset(session, blobs)
        job = make_job(session, dataset)
        export = Export(dataset_id=dataset.id, job_id=make_succeeded_job(session, dataset).id, format="csv")
        session.add(export)
        session.flush()
    now = utc_now() + timedelta(seconds=settings.resend_seconds)
    sweep.sweep(engine, now)
    assert sorted(sent) == [("export.run", export.id), ("ingest.run", ingest.id), ("train.run", job.id)]
    sent.clear()
    sweep.sweep(engine, utc_now())
    assert sent == []  # marked as sent just now


def test_a_message_that_still_waits_is_not_sent_again(
    engine: Engine, settings: Settings, sent: list[tuple[str, str]]
) -> None:
    """Faults, seed 1: while all workers were busy, messages of waiting tasks multiplied."""
    first, second = make_ingest(engine), make_ingest(engine)
    later = utc_now() + timedelta(seconds=settings.resend_seconds)
    with create_app(settings) as app:
        for ingest in (first, second):
            app.send_task("ingest.run", args=[ingest.id])
        sweep.sweep(engine, later)
        assert sent == []
        with app.connection_for_write() as connection:
            connection.SimpleQueue("cpu").get(timeout=5).ack()
    sweep.sweep(engine, later)  # one message was lost: nobody knows which
    assert sorted(sent) == sorted([("ingest.run", first.id), ("ingest.run", second.id)])


def test_a_broker_that_does_not_answer_stops_no_sweep(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, sent: list[tuple[str, str]]
) -> None:
    lost, _queued = make_ingest(engine), make_ingest(engine)
    with session_scope(engine) as session:
        lifecycle.claim(session, Ingest, lost.id, LEASE)

    def refuse(*_: object) -> dict[str, int]:
        raise ConnectionRefusedError

    monkeypatch.setattr(sweep, "count_waiting", refuse)
    sweep.sweep(engine, utc_now() + timedelta(hours=1))
    assert sent == [("ingest.run", lost.id)]


def test_the_task_of_a_lost_worker_is_re_queued_and_sent(engine: Engine, sent: list[tuple[str, str]]) -> None:
    ingest = make_ingest(engine)
    with session_scope(engine) as session:
        lifecycle.claim(session, Ingest, ingest.id, LEASE)
    sweep.sweep(engine, utc_now() + LEASE)
    assert sent == [("ingest.run", ingest.id)]
    with session_scope(engine) as session:
        assert lifecycle.get(session, Ingest, ingest.id).status is WorkStatus.QUEUED


def test_an_ingest_that_is_lost_too_often_fails_its_dataset(
    engine: Engine, settings: Settings, sent: list[tuple[str, str]]
) -> None:
    ingest = make_ingest(engine)
    for _ in range(settings.max_attempts):
        with session_scope(engine) as session:
            lifecycle.claim(session, Ingest, ingest.id, LEASE)
        sweep.sweep(engine, utc_now() + LEASE)
    with session_scope(engine) as session:
        assert lifecycle.get(session, Ingest, ingest.id).status is WorkStatus.FAILED
        assert session.get_one(Dataset, ingest.dataset_id).status is DatasetStatus.FAILED
    assert len(sent) == settings.max_attempts - 1


def test_expired_uploads_are_deleted(engine: Engine, blobs: ObjectBlobStore) -> None:
    with session_scope(engine) as session:
        now = utc_now()
        for upload_id, expires_at in (("old", now), ("new", now + timedelta(hours=1))):
            upload = Upload(id=upload_id, kind=IngestKind.DATASET, dataset_name="x", length=9)
            upload.expires_at = expires_at
            session.add(upload)
            blobs.put(f"uploads/{upload_id}", b"PK")
    sweep.run()
    assert list(blobs.keys("uploads")) == ["uploads/new"]
    with session_scope(engine, read_only=True) as session:
        assert session.scalars(select(Upload.id)).all() == ["new"]
