"""Creates exports and finds their files."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.datasets.service import LIVE
from api.errors import ExportNotSucceededError
from api.exports.file_names import name_file
from api.exports.schemas import Described, ExportCreate
from api.queue import TaskQueue
from api.results.service import get_finished_job
from mslg_rules.leave_out import LeaveOut
from mslg_rules.omit import ExportPart
from store.models import Dataset, Export, Job, Version, WorkStatus
from store.results.auto_accept import newest_acceptance
from store.tasks import lifecycle
from store.verification.verified_set import lock_dataset
from store.versions.number import read_version


def create_export(session: Session, queue: TaskQueue, job_id: str, wanted: ExportCreate) -> Export:
    """Queue an export, or return the same one if it is queued or running.

    Raises `NotFoundError`, `JobNotSucceededError`.
    """
    job = get_finished_job(session, job_id)
    lock_dataset(session, job.dataset_id)
    return find_or_queue(session, queue, Export(dataset_id=job.dataset_id, job_id=job.id), wanted)


def find_or_queue(session: Session, queue: TaskQueue, export: Export, wanted: ExportCreate) -> Export:
    """Queue `export`, a new row, as it is wanted, or return the same one if it is queued or running."""
    leave_out = [name.value for name in LeaveOut if name in wanted.leave_out]
    omit = [part.value for part in ExportPart if part in wanted.omit]
    alike = select(Export).where(
        Export.job_id == export.job_id,
        Export.version_id == export.version_id,
        Export.format == wanted.format,
        Export.status.in_(LIVE),
    )
    for present in session.scalars(alike):
        if (present.leave_out, present.omit) == (leave_out, omit):
            return present
    export.format, export.leave_out, export.omit = wanted.format, leave_out, omit
    session.add(export)
    session.flush()
    queue.send_after_commit(session, "export.run", export.id)
    return export


def list_exports(session: Session, job_id: str) -> list[Export]:
    """The job's exports of the state at that time, newest first. Raises `NotFoundError`."""
    lifecycle.get(session, Job, job_id)
    return list(
        session.scalars(
            select(Export)
            .where(Export.job_id == job_id, Export.version_id.is_(None))
            .order_by(Export.created_at.desc())
        )
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
    dataset = session.get_one(Dataset, export.dataset_id)
    version = None if export.version_id is None else session.get_one(Version, export.version_id).name
    return Described(
        export,
        name_file(dataset.name, version or export.dataset_version, export.format),
        _is_outdated(session, export),
    )


def _is_outdated(session: Session, export: Export) -> bool:
    """Whether the dataset has another version now, or somebody has chosen what is accepted since."""
    if export.status is not WorkStatus.SUCCEEDED or export.started_at is None or export.version_id:
        return False
    chosen = export.job_id and newest_acceptance(session, export.job_id)
    if chosen and chosen.created_at > export.started_at:
        return True
    return export.dataset_version != read_version(session, export.dataset_id)
