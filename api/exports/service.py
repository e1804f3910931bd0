"""Creates exports and finds their files."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.datasets.service import LIVE
from api.errors import ExportNotSucceededError
from api.queue import TaskQueue
from api.results.service import get_finished_job
from store.models import Export, ExportFormat, Job, WorkStatus
from store.tasks import lifecycle
from store.verification.verified_set import lock_dataset


def create_export(session: Session, queue: TaskQueue, job_id: str, file_format: ExportFormat) -> Export:
    """Queue an export, or return the one of the same format that is queued or running.

    Raises `NotFoundError`, `JobNotSucceededError`.
    """
    job = get_finished_job(session, job_id)
    lock_dataset(session, job.dataset_id)
    same = select(Export).where(
        Export.job_id == job_id, Export.format == file_format, Export.status.in_(LIVE)
    )
    export = session.scalar(same.limit(1))
    if export is not None:
        return export
    export = Export(job_id=job_id, format=file_format)
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
