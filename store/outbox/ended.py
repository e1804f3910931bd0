"""The events of ingests, jobs and exports that end, and of datasets that are deleted."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.database.columns import JsonObject
from store.models import Dataset, EventType, Export, Ingest, IngestKind, Job, Work, WorkStatus
from store.outbox.record import record_event

INGEST_EVENTS = {
    WorkStatus.SUCCEEDED: EventType.DATASET_READY,
    WorkStatus.FAILED: EventType.DATASET_FAILED,
    WorkStatus.CANCELLED: EventType.DATASET_FAILED,
}
ADDITION_EVENTS = {
    WorkStatus.SUCCEEDED: EventType.DATASET_IMAGES_ADDED,
    WorkStatus.FAILED: EventType.DATASET_ADDITION_FAILED,
    WorkStatus.CANCELLED: EventType.DATASET_ADDITION_FAILED,
}
JOB_EVENTS = {
    WorkStatus.SUCCEEDED: EventType.JOB_SUCCEEDED,
    WorkStatus.FAILED: EventType.JOB_FAILED,
    WorkStatus.CANCELLED: EventType.JOB_CANCELLED,
}
EXPORT_EVENTS = {WorkStatus.SUCCEEDED: EventType.EXPORT_READY, WorkStatus.FAILED: EventType.EXPORT_FAILED}


def record_ended(session: Session, model: type[Work], work_ids: Sequence[str], status: WorkStatus) -> None:
    """Write the events of rows of `model` that have just reached `status`. Other models have none."""
    record = RECORDERS.get(model)
    if record is not None:
        for work_id in work_ids:
            record(session, work_id, status)


def record_deleted(session: Session, dataset: Dataset) -> None:
    """Write the event of a dataset that is about to be deleted."""
    data = {"dataset_id": dataset.id, "dataset_name": dataset.name}
    record_event(session, dataset.id, EventType.DATASET_DELETED, lambda: data)


def _record_ingest(session: Session, ingest_id: str, status: WorkStatus) -> None:
    columns = (Ingest.dataset_id, Ingest.kind, Ingest.dry_run, Ingest.changes, Ingest.error)
    row = session.execute(select(*columns).where(Ingest.id == ingest_id)).one()
    if row.dry_run:
        return

    def describe() -> JsonObject:
        found = {"ingest_id": ingest_id, "kind": row.kind, "changes": row.changes, "error": row.error}
        return _describe_dataset(session, row.dataset_id) | found

    events = INGEST_EVENTS if row.kind is IngestKind.DATASET else ADDITION_EVENTS
    record_event(session, row.dataset_id, events[status], describe)


def _record_job(session: Session, job_id: str, status: WorkStatus) -> None:
    row = session.execute(select(Job.dataset_id, Job.name, Job.error).where(Job.id == job_id)).one()

    def describe() -> JsonObject:
        found = {"job_id": job_id, "job_name": row.name, "error": row.error}
        return _describe_dataset(session, row.dataset_id) | found

    record_event(session, row.dataset_id, JOB_EVENTS[status], describe)


def _record_export(session: Session, export_id: str, status: WorkStatus) -> None:
    if status not in EXPORT_EVENTS:
        return
    row = _read_export(session, export_id)

    def describe() -> JsonObject:
        names = ("job_id", "format", "num_rows", "size_bytes", "error")
        found = {"export_id": export_id, **{name: row._mapping[name] for name in names}}
        return _describe_dataset(session, row.dataset_id) | found

    record_event(session, row.dataset_id, EXPORT_EVENTS[status], describe)


def _read_export(session: Session, export_id: str) -> Any:
    columns = (Export.dataset_id, Export.job_id, Export.format, Export.num_rows, Export.size_bytes)
    return session.execute(select(*columns, Export.error).where(Export.id == export_id)).one()


def _describe_dataset(session: Session, dataset_id: str) -> JsonObject:
    columns = select(Dataset.name, Dataset.num_samples).where(Dataset.id == dataset_id)
    name, num_samples = session.execute(columns).one()
    return {"dataset_id": dataset_id, "dataset_name": name, "num_samples": num_samples}


RECORDERS: Mapping[type[Work], Callable[[Session, str, WorkStatus], None]] = {
    Ingest: _record_ingest,
    Job: _record_job,
    Export: _record_export,
}
