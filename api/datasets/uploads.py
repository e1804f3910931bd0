"""Receives an archive: streams it to the blob store, then creates the ingest and sends its task."""

from collections.abc import AsyncIterator

import structlog
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from api.datasets.service import get_dataset, is_ingesting, require_ready
from api.deps import Services
from api.errors import DatasetBusyError, DatasetNotEmptyError, EmptyUploadError, NoCheckedArchiveError
from mslg_core.configs.reading import ReadingConfig
from store.database.columns import new_id
from store.database.engine import session_scope
from store.infrastructure.blobs import archive_key
from store.models import Dataset, DatasetSource, DatasetStatus, Ingest, IngestKind, OnExisting, WorkStatus
from store.sources.references import ARCHIVE
from store.verification.verified_set import lock_dataset

log = structlog.get_logger(__name__)


async def receive_archive(  # noqa: PLR0913 - what is uploaded, and for what
    services: Services,
    dataset_id: str,
    chunks: AsyncIterator[bytes],
    file_name: str | None,
    *,
    dry_run: bool = False,
    kind: IngestKind = IngestKind.DATASET,
    on_existing: OnExisting = OnExisting.SKIP,
) -> Ingest:
    """Store `chunks` as an archive of this `kind`, and queue its ingest or the dry run of one. on_existing:
    see `OnExisting`.

    No transaction is open during the upload. A failed upload leaves nothing behind. Raises `NotFoundError`,
    `EmptyUploadError`, what reading `chunks` raises, `DatasetNotEmptyError` for a dataset's archive, and
    `DatasetNotReadyError`, `DatasetBusyError` for the others.
    """
    await run_in_threadpool(check_target, services, dataset_id, kind)
    ingest = Ingest(id=new_id(), dataset_id=dataset_id, file_name=file_name, dry_run=dry_run, kind=kind)
    ingest.archive_key, ingest.on_existing = archive_key(dataset_id, ingest.id), on_existing
    counted = _Counted(chunks)
    await services.blobs.put_stream_async(ingest.archive_key, counted)
    ingest.size_bytes = counted.size
    try:
        replaced = await run_in_threadpool(_queue, services, ingest)
    except BaseException:
        await run_in_threadpool(services.blobs.delete, ingest.archive_key)
        raise
    if replaced is not None:
        await run_in_threadpool(services.blobs.delete, replaced)
    log.info("archive_received", dataset_id=dataset_id, ingest_id=ingest.id, size_bytes=ingest.size_bytes)
    return ingest


class _Counted:
    """Passes chunks on and counts their bytes. Raises `EmptyUploadError` at the end if there were none."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self.size = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._chunks:
            self.size += len(chunk)
            yield chunk
        if self.size == 0:
            raise EmptyUploadError


def check_target(services: Services, dataset_id: str, kind: IngestKind) -> None:
    """Raise what makes the dataset take no such archive now."""
    with session_scope(services.engine, read_only=True) as session:
        REFUSALS[kind](session, get_dataset(session, dataset_id))


def _queue(services: Services, ingest: Ingest) -> str | None:
    with session_scope(services.engine) as session:
        return queue_ingest(session, services, ingest)


def queue_ingest(session: Session, services: Services, ingest: Ingest) -> str | None:
    """Queue the ingest of an archive that is stored. Returns the key of the archive of an earlier dry run,
    which nothing needs after the commit. Raises what `receive_archive` raises of the dataset.
    """
    earlier = _checked_archive(session, ingest.dataset_id)
    dry_runs = delete(Ingest).where(Ingest.dataset_id == ingest.dataset_id, Ingest.dry_run)
    _start(session, services, ingest)
    session.execute(dry_runs.where(Ingest.id != ingest.id))
    return None if earlier is None or earlier.archive_key == ARCHIVE else earlier.archive_key


def _start(session: Session, services: Services, ingest: Ingest) -> None:
    dataset = lock_dataset(session, ingest.dataset_id)
    REFUSALS[ingest.kind](session, dataset)  # again: another upload may have finished first
    if ingest.kind is IngestKind.DATASET:
        dataset.status = DatasetStatus.INGESTING
        if ingest.archive_key != ARCHIVE:  # an upload replaces a source that was only checked
            session.execute(delete(DatasetSource).where(DatasetSource.dataset_id == dataset.id))
    session.add(ingest)
    services.queue.send_after_commit(session, "ingest.run", ingest.id)


def ingest_checked(  # noqa: PLR0913 - what is ingested, and how
    session: Session,
    services: Services,
    dataset_id: str,
    choices: ReadingConfig,
    *,
    dry_run: bool,
    kind: IngestKind = IngestKind.DATASET,
    on_existing: OnExisting = OnExisting.SKIP,
) -> Ingest:
    """Queue an ingest, or another dry run, of the archive that the latest dry run has read.

    Raises `NotFoundError`, `NoCheckedArchiveError`, and what `receive_archive` raises for this `kind`.
    """
    REFUSALS[kind](session, get_dataset(session, dataset_id))
    checked = _checked_archive(session, dataset_id)
    if checked is None or checked.kind is not kind:
        raise NoCheckedArchiveError
    ingest = Ingest(
        id=new_id(),
        dataset_id=dataset_id,
        file_name=checked.file_name,
        archive_key=checked.archive_key,
        size_bytes=checked.size_bytes,
        kind=kind,
        on_existing=on_existing,
        choices=choices.model_dump(),
        dry_run=dry_run,
    )
    _start(session, services, ingest)
    session.flush()
    return ingest


def _checked_archive(session: Session, dataset_id: str) -> Ingest | None:
    """The latest dry run that succeeded, if no ingest has used its archive since."""
    relevant = or_(~Ingest.dry_run, Ingest.status == WorkStatus.SUCCEEDED)
    statement = select(Ingest).where(Ingest.dataset_id == dataset_id, relevant)
    row = session.scalar(statement.order_by(Ingest.created_at.desc()).limit(1))
    return row if row is not None and row.dry_run else None


def _refuse_unless_empty(_session: Session, dataset: Dataset) -> None:
    if dataset.status not in (DatasetStatus.EMPTY, DatasetStatus.FAILED):
        raise DatasetNotEmptyError(dataset.status)


def _refuse_unless_idle(session: Session, dataset: Dataset) -> None:
    """Images are added to a dataset that is ready, one archive at a time."""
    require_ready(dataset)
    if is_ingesting(session, dataset.id):
        raise DatasetBusyError(["ingest"])


REFUSALS = {
    IngestKind.DATASET: _refuse_unless_empty,
    IngestKind.VERIFIED_IMAGES: _refuse_unless_idle,
    IngestKind.ADDITION: _refuse_unless_idle,
}
