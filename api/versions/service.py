"""Makes, exports, compares and deletes named versions."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.datasets.service import LIVE, get_dataset, require_ready
from api.errors import InvalidError, JobNotSucceededError, VersionBusyError, VersionNotStoredError
from api.exports.schemas import ExportCreate
from api.exports.service import find_or_queue
from api.queue import TaskQueue
from api.versions.comparison_schemas import DifferenceFilter
from api.versions.schemas import VersionCreate
from store.models import Export, Job, Version, VersionComparison, VersionDifference, WorkStatus
from store.tasks import lifecycle
from store.verification.verified_set import lock_dataset
from store.versions.comparisons import WantedDifferences, list_differences
from store.versions.number import read_version


def create_version(session: Session, queue: TaskQueue, dataset_id: str, wanted: VersionCreate) -> Version:
    """Queue the storing of a version.

    Raises `NotFoundError`, `DatasetNotReadyError`, `JobNotSucceededError`, and `InvalidError` for a name that
    is taken and a job of another dataset.
    """
    require_ready(lock_dataset(session, dataset_id))
    _refuse_taken(session, dataset_id, wanted.name)
    job_id = _find_job(session, dataset_id, wanted.job_id)
    fields = {"name": wanted.name, "description": wanted.description, "reviewer": wanted.reviewer}
    version = Version(dataset_id=dataset_id, job_id=job_id, **fields)
    session.add(version)
    session.flush()
    queue.send_after_commit(session, "versions.store", version.id)
    return version


def list_versions(session: Session, dataset_id: str) -> tuple[str, Sequence[Version]]:
    """The dataset's present version, and its named ones, newest first. Raises `NotFoundError`."""
    get_dataset(session, dataset_id)
    of_dataset = select(Version).where(Version.dataset_id == dataset_id)
    versions = session.scalars(of_dataset.order_by(Version.created_at.desc(), Version.id)).all()
    return read_version(session, dataset_id), versions


def get_version(session: Session, version_id: str) -> Version:
    """The version. Raises `NotFoundError`."""
    return lifecycle.get(session, Version, version_id)


def get_stored(session: Session, version_id: str) -> Version:
    """A version whose table is there. Raises `NotFoundError`, `VersionNotStoredError`."""
    version = get_version(session, version_id)
    if version.status is not WorkStatus.SUCCEEDED:
        raise VersionNotStoredError(version.name, version.status)
    return version


def delete_version(session: Session, version_id: str) -> list[str]:
    """Delete a version with its exports and comparisons; return the keys of blobs to delete after the commit.

    Raises `NotFoundError`, and `VersionBusyError` while it is stored, exported or compared.
    """
    lock_dataset(session, get_version(session, version_id).dataset_id)
    version = get_version(session, version_id)
    exports = list_exports(session, version_id)
    of_version = (VersionComparison.before_id == version_id) | (VersionComparison.after_id == version_id)
    comparisons = session.scalars(select(VersionComparison).where(of_version))
    if any(not work.status.ended for work in (version, *exports, *comparisons)):
        raise VersionBusyError(version.name)
    session.delete(version)
    return [key for key in (version.table_key, *(export.file_key for export in exports)) if key is not None]


def create_export(session: Session, queue: TaskQueue, version_id: str, wanted: ExportCreate) -> Export:
    """Queue an export of the version, or return the same one if it is queued or running.

    Raises `NotFoundError`, `VersionNotStoredError`.
    """
    version = get_stored(session, version_id)
    lock_dataset(session, version.dataset_id)
    row = Export(dataset_id=version.dataset_id, job_id=version.job_id, version_id=version.id)
    return find_or_queue(session, queue, row, wanted)


def list_exports(session: Session, version_id: str) -> Sequence[Export]:
    """The version's exports, newest first. Raises `NotFoundError`."""
    get_version(session, version_id)
    of_version = select(Export).where(Export.version_id == version_id)
    return session.scalars(of_version.order_by(Export.created_at.desc())).all()


def create_comparison(
    session: Session, queue: TaskQueue, version_id: str, after_id: str | None
) -> VersionComparison:
    """Queue a comparison, or return the one that is still true.

    Raises `NotFoundError`, `VersionNotStoredError`, and `InvalidError` for a version of another dataset.
    """
    before = get_stored(session, version_id)
    lock_dataset(session, before.dataset_id)
    if after_id is not None and get_stored(session, after_id).dataset_id != before.dataset_id:
        message = "Both versions must be of the same dataset: choose a version of this dataset."
        raise InvalidError.of_field("after_id", "other_dataset", message)
    present = read_version(session, before.dataset_id)
    alike = select(VersionComparison).where(
        VersionComparison.before_id == version_id, VersionComparison.after_id == after_id
    )
    for row in session.scalars(alike.order_by(VersionComparison.created_at.desc())):
        made = row.status is WorkStatus.SUCCEEDED and (after_id is not None or row.after_version == present)
        if made or row.status in LIVE:
            return row
    row = VersionComparison(dataset_id=before.dataset_id, before_id=version_id, after_id=after_id)
    session.add(row)
    session.flush()
    queue.send_after_commit(session, "versions.compare", row.id)
    return row


def get_comparison(session: Session, comparison_id: str) -> VersionComparison:
    """The comparison. Raises `NotFoundError`."""
    return lifecycle.get(session, VersionComparison, comparison_id)


def find_differences(
    session: Session, comparison_id: str, wanted: DifferenceFilter, after: int, limit: int
) -> Sequence[VersionDifference]:
    """Up to `limit` differences with numbers above `after`; none until the comparison is made.

    Raises `NotFoundError`.
    """
    if get_comparison(session, comparison_id).status is not WorkStatus.SUCCEEDED:
        return []
    filters = WantedDifferences(wanted.kind, wanted.label, wanted.reviewer)
    return list_differences(session, comparison_id, filters, after, limit)


def _refuse_taken(session: Session, dataset_id: str, name: str) -> None:
    taken = select(Version.id).where(Version.dataset_id == dataset_id, Version.name == name)
    if session.scalar(taken) is not None:
        message = f"The dataset has a version {name!r} already: choose another name."
        raise InvalidError.of_field("name", "version_exists", message)


def _find_job(session: Session, dataset_id: str, job_id: str | None) -> str | None:
    """The id of the job to include: the one that is named, else the latest that has results."""
    if job_id is None:
        done = select(Job.id).where(Job.dataset_id == dataset_id, Job.status == WorkStatus.SUCCEEDED)
        return session.scalar(done.order_by(Job.created_at.desc()).limit(1))
    job = lifecycle.get(session, Job, job_id)
    if job.dataset_id != dataset_id:
        message = "The job is of another dataset: choose a job of this dataset."
        raise InvalidError.of_field("job_id", "other_dataset", message)
    if job.status is not WorkStatus.SUCCEEDED:
        raise JobNotSucceededError(job.status)
    return job.id
