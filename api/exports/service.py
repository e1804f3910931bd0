"""Creates exports and finds their files."""

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.datasets.service import LIVE
from api.errors import ExportNotSucceededError
from api.exports.schemas import Described, ExportCreate
from api.queue import TaskQueue
from api.results.service import get_finished_job
from mslg_rules.leave_out import LeaveOut
from store.models import Dataset, Export, Job, Verification, WorkStatus
from store.results.auto_accept import newest_acceptance
from store.tasks import lifecycle
from store.verification.verified_set import lock_dataset


def create_export(session: Session, queue: TaskQueue, job_id: str, wanted: ExportCreate) -> Export:
    """Queue an export, or return the same one if it is queued or running.

    Raises `NotFoundError`, `JobNotSucceededError`.
    """
    job = get_finished_job(session, job_id)
    lock_dataset(session, job.dataset_id)
    leave_out = [name.value for name in LeaveOut if name in wanted.leave_out]
    alike = select(Export).where(
        Export.job_id == job_id, Export.format == wanted.format, Export.status.in_(LIVE)
    )
    for export in session.scalars(alike):
        if export.leave_out == leave_out:
            return export
    export = Export(job_id=job_id, format=wanted.format, leave_out=leave_out)
    session.add(export)
    session.flush()
    queue.send_after_commit(session, "export.run", export.id)
    return export


def list_exports(session: Session, job_id: str) -> list[Export]:
    """The job's exports, newest first. Raises `NotFoundError`."""
    lifecycle.get(session, Job, job_id)
    return list(
        session.scalars(select(Export).where(Export.job_id == job_id).order_by(Export.created_at.desc()))
    )


def get_export(session: Session, export_id: str) -> Export:
    """The export. Raises `NotFoundError`."""
    return lifecycle.get(session, Export, export_id)


def get_file_key(session: Session, export_id: str) -> tuple[Export, str]:
    """The export and the key of its file. Raises `NotFoundError`, `ExportNotSucceededError`."""
    export = get_export(session, export_id)
    if export.status is not WorkStatus.SUCCEEDED or export.file_key is None:
        raise ExportNotSucceededError(export.status)
    return export, export.file_key


def describe(session: Session, export: Export) -> Described:
    """The export with the name of its file, and whether labels may have changed since it was built."""
    job = session.get_one(Job, export.job_id)
    dataset = session.get_one(Dataset, job.dataset_id)
    # Letters, digits and dashes only: safe in a header and on every file system.
    name = re.sub(r"[^A-Za-z0-9]+", "-", dataset.name).strip("-") or "dataset"
    built = export.finished_at or export.created_at
    return Described(
        export,
        f"{name}-corrected-{built:%Y-%m-%d-%H%M%S}.{export.format.suffix}",
        _is_outdated(session, export, job),
    )


def _is_outdated(session: Session, export: Export, job: Job) -> bool:
    """Whether somebody has decided about a sample, or chosen what is accepted, since the rows were read."""
    if export.status is not WorkStatus.SUCCEEDED or export.started_at is None:
        return False
    newest = select(Verification.created_at).where(Verification.dataset_id == job.dataset_id)
    decided = session.scalar(newest.order_by(Verification.id.desc()).limit(1))
    chosen = newest_acceptance(session, job.id)
    times: list[datetime | None] = [decided, chosen.created_at if chosen else None]
    return any(time is not None and time > export.started_at for time in times)
