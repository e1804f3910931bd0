"""Whatever ends writes its event in the same transaction, for the webhooks that want it."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from api.datasets.service import delete_dataset
from store.database.columns import utc_now
from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore
from store.models import (
    Dataset,
    Delivery,
    EventType,
    Export,
    Ingest,
    IngestKind,
    Job,
    Webhook,
    WebhookEvent,
    Work,
    WorkStatus,
)
from store.tasks import lifecycle
from tests.factories import make_dataset, make_job, make_succeeded_job, start_job

LEASE = timedelta(seconds=30)
PROBLEM: lifecycle.Problem = {"code": "broken", "title": "It broke", "detail": "Repair it."}


@pytest.fixture
def dataset(engine: Engine, blobs: ObjectBlobStore) -> Dataset:
    """A ready dataset with a webhook for every event."""
    with session_scope(engine) as session:
        dataset = make_dataset(session, blobs, num_samples=3)
        add_webhook(session, dataset, list(EventType))
        return dataset


def add_webhook(session: Session, dataset: Dataset, events: Sequence[str], *, is_active: bool = True) -> None:
    """A webhook whose secret nobody reads."""
    webhook = Webhook(dataset_id=dataset.id, url="https://example.org", events=[*events], secret=b"x")
    webhook.is_active = is_active
    session.add(webhook)


def read_events(engine: Engine) -> list[WebhookEvent]:
    """All events that have a queued delivery, oldest first."""
    with session_scope(engine, read_only=True) as session:
        joined = select(WebhookEvent).join(Delivery, Delivery.event_id == WebhookEvent.id)
        return list(session.scalars(joined.order_by(WebhookEvent.created_at)))


def run_to(engine: Engine, model: type[Work], row: Work, status: WorkStatus) -> None:
    """Let a worker claim the row and end it."""
    with session_scope(engine) as session:
        session.add(row)
        session.flush()
        assert lifecycle.claim(session, model, row.id, LEASE) == 1
    with session_scope(engine) as session:
        match status:
            case WorkStatus.SUCCEEDED:
                lifecycle.finish(session, model, row.id, 1)
            case WorkStatus.FAILED:
                lifecycle.fail(session, model, row.id, 1, PROBLEM)
            case _:
                lifecycle.cancel(session, model, row.id, 1)


@pytest.mark.parametrize(
    ("kind", "status", "event"),
    [
        (IngestKind.DATASET, WorkStatus.SUCCEEDED, EventType.DATASET_READY),
        (IngestKind.DATASET, WorkStatus.FAILED, EventType.DATASET_FAILED),
        (IngestKind.DATASET, WorkStatus.CANCELLED, EventType.DATASET_FAILED),
        (IngestKind.ADDITION, WorkStatus.SUCCEEDED, EventType.DATASET_IMAGES_ADDED),
        (IngestKind.ADDITION, WorkStatus.FAILED, EventType.DATASET_ADDITION_FAILED),
        (IngestKind.VERIFIED_IMAGES, WorkStatus.SUCCEEDED, EventType.DATASET_IMAGES_ADDED),
    ],
)
def test_ingests(
    engine: Engine, dataset: Dataset, kind: IngestKind, status: WorkStatus, event: EventType
) -> None:
    row = Ingest(dataset_id=dataset.id, kind=kind, archive_key="x", size_bytes=1)
    run_to(engine, Ingest, row, status)
    (found,) = read_events(engine)
    assert found.type == event
    assert found.data["dataset_name"] == "animals"
    assert found.data["num_samples"] == 3
    assert found.data["error"] == (dict(PROBLEM) if status is WorkStatus.FAILED else None)


def test_a_dry_run_is_no_event(engine: Engine, dataset: Dataset) -> None:
    row = Ingest(dataset_id=dataset.id, archive_key="x", size_bytes=1, dry_run=True)
    run_to(engine, Ingest, row, WorkStatus.SUCCEEDED)
    assert read_events(engine) == []


@pytest.mark.parametrize("status", ["succeeded", "failed", "cancelled"])
def test_jobs(engine: Engine, dataset: Dataset, status: str) -> None:
    job = Job(dataset_id=dataset.id, name="nightly", config={})
    run_to(engine, Job, job, WorkStatus(status))
    (found,) = read_events(engine)
    assert found.type == f"job.{status}"
    assert found.data["job_id"] == job.id
    assert found.data["job_name"] == "nightly"


def test_exports(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        job = make_succeeded_job(session, session.merge(dataset))
    for status in (WorkStatus.SUCCEEDED, WorkStatus.FAILED, WorkStatus.CANCELLED):
        run_to(engine, Export, Export(dataset_id=job.dataset_id, job_id=job.id, format="csv"), status)
    assert [one.type for one in read_events(engine)] == ["job.succeeded", "export.ready", "export.failed"]
    assert read_events(engine)[1].data["format"] == "csv"


def test_a_queued_job_that_is_cancelled(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        job_id = make_job(session, dataset).id
    with session_scope(engine) as session:
        lifecycle.request_cancel(session, Job, job_id)
    assert [one.type for one in read_events(engine)] == ["job.cancelled"]


def test_a_running_job_is_cancelled_only_by_its_worker(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        job = make_job(session, dataset)
        start_job(job)
        session.flush()
        lifecycle.request_cancel(session, Job, job.id)
    assert read_events(engine) == []


def test_jobs_that_the_sweep_ends(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        jobs = [make_job(session, dataset) for _ in range(3)]
        for job in jobs:
            start_job(job)
            job.lease_until = utc_now() - LEASE
        jobs[0].cancel_requested = True
        jobs[1].attempt = lifecycle.MAX_ATTEMPTS
    with session_scope(engine) as session:
        lifecycle.requeue_expired(session, Job, utc_now())
    found = {one.data["job_id"]: one.type for one in read_events(engine)}
    assert found == {jobs[0].id: "job.cancelled", jobs[1].id: "job.failed"}


def test_a_deleted_dataset(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        delete_dataset(session, dataset.id)
    (found,) = read_events(engine)
    assert (found.type, found.data["dataset_id"]) == ("dataset.deleted", dataset.id)


def test_nothing_is_written_if_the_transaction_fails(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        job_id = make_job(session, dataset).id

    def fail_at_the_end() -> None:
        with session_scope(engine) as session:
            lifecycle.claim(session, Job, job_id, LEASE)
            lifecycle.finish(session, Job, job_id, 1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_at_the_end()
    assert read_events(engine) == []


def test_only_webhooks_that_want_an_event_are_told(engine: Engine, blobs: ObjectBlobStore) -> None:
    with session_scope(engine) as session:
        dataset, other = (make_dataset(session, blobs, num_samples=1) for _ in range(2))
        add_webhook(session, dataset, [EventType.JOB_FAILED])
        add_webhook(session, dataset, [EventType.JOB_SUCCEEDED], is_active=False)
        add_webhook(session, other, [EventType.JOB_SUCCEEDED])
    run_to(engine, Job, Job(dataset_id=dataset.id, config={}), WorkStatus.SUCCEEDED)
    assert read_events(engine) == []
    run_to(engine, Job, Job(dataset_id=dataset.id, config={}), WorkStatus.FAILED)
    assert [one.type for one in read_events(engine)] == ["job.failed"]
