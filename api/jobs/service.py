"""Starts, lists and cancels jobs."""

from datetime import datetime

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from api.datasets.service import LIVE, require_ready
from api.errors import FieldError, InvalidError, JobAlreadyRunningError
from api.jobs.schemas import JobCreate
from api.pagination import Cursor
from api.queue import TaskQueue
from mslg_core.configs.backbones import require_weights
from mslg_core.configs.base import Backbone
from mslg_core.errors import WeightsError
from store.accounts.access import visible_datasets
from store.models import Dataset, Epoch, Job, WorkStatus
from store.tasks import lifecycle
from store.verification.verified_set import lock_dataset, require_enough

JOBS = Cursor("jobs", datetime, str)


def create_job(session: Session, queue: TaskQueue, wanted: JobCreate) -> Job:
    """Queue a job.

    Raises `InvalidError` for a configuration that names a file and for an unsuitable parent,
    `NotFoundError`, `DatasetNotReadyError`, `JobAlreadyRunningError` and `TooFewVerifiedError`.
    """
    _refuse_server_files(wanted)
    _refuse_missing_weights(wanted)
    dataset = require_ready(lock_dataset(session, wanted.dataset_id))
    _refuse_second_job(session, dataset)
    require_enough(session, dataset)
    _refuse_bad_parent(session, dataset, wanted.parent_id)
    job = Job(
        dataset_id=dataset.id,
        name=wanted.name or _default_name(session, dataset),
        config=wanted.config.model_dump(mode="json"),
        parent_id=wanted.parent_id,
    )
    session.add(job)
    session.flush()
    queue.send_after_commit(session, "train.run", job.id)
    return job


def get_job(session: Session, job_id: str) -> Job:
    """The job. Raises `NotFoundError`."""
    return lifecycle.get(session, Job, job_id)


def list_jobs(
    session: Session, dataset_id: str | None, cursor: str | None, limit: int, user_id: str | None
) -> list[Job]:
    """Up to `limit + 1` jobs, newest first; with `user_id`, on the user's datasets."""
    statement = select(Job).order_by(Job.created_at.desc(), Job.id.desc()).limit(limit + 1)
    if user_id is not None:
        statement = statement.where(Job.dataset_id.in_(visible_datasets(user_id)))
    if dataset_id is not None:
        statement = statement.where(Job.dataset_id == dataset_id)
    if cursor is not None:
        statement = statement.where(tuple_(Job.created_at, Job.id) < tuple_(*JOBS.read(cursor)))
    return list(session.scalars(statement))


def cancel_job(session: Session, job_id: str) -> Job:
    """Cancel a queued job or request a running one to stop. Raises `NotFoundError`, `AlreadyEndedError`."""
    return lifecycle.request_cancel(session, Job, job_id)


def list_epochs(session: Session, job_id: str, after: int = -1) -> list[Epoch]:
    """The job's epochs with a number above `after`, in order."""
    statement = select(Epoch).where(Epoch.job_id == job_id, Epoch.epoch > after).order_by(Epoch.epoch)
    return list(session.scalars(statement))


def _refuse_second_job(session: Session, dataset: Dataset) -> None:
    live = session.scalar(select(Job).where(Job.dataset_id == dataset.id, Job.status.in_(LIVE)).limit(1))
    if live is not None:
        raise JobAlreadyRunningError(live.id, live.status)


def _refuse_server_files(wanted: JobCreate) -> None:
    if wanted.config.weights_file is not None:
        message = "A job cannot read files of the server: set `weights`, or use the command `mslg clean`."
        refused = FieldError("config.weights_file", "not_allowed", message)
        raise InvalidError("server_file", message, [refused])


def _refuse_missing_weights(wanted: JobCreate) -> None:
    backbone = wanted.config.backbone
    if backbone is None or isinstance(backbone, Backbone):
        return
    try:
        require_weights(backbone)
    except WeightsError as error:
        raise InvalidError.of_field("config.backbone", "missing_weights", str(error)) from error


def _refuse_bad_parent(session: Session, dataset: Dataset, parent_id: str | None) -> None:
    if parent_id is None:
        return
    parent = lifecycle.get(session, Job, parent_id)
    if parent.dataset_id != dataset.id:
        message = "The parent job is of another dataset: choose a job of this dataset."
        raise InvalidError.of_field("parent_id", "other_dataset", message)
    if parent.status is not WorkStatus.SUCCEEDED:
        message = f"The parent job is {parent.status}: choose a job that has succeeded."
        raise InvalidError.of_field("parent_id", "parent_not_succeeded", message)


def _default_name(session: Session, dataset: Dataset) -> str:
    earlier = session.scalar(select(func.count()).where(Job.dataset_id == dataset.id)) or 0
    return f"Job {earlier + 1}"
