"""Receives an archive: streams it to the blob store, then creates the ingest and sends its task."""

from collections.abc import AsyncIterator

import structlog
from fastapi.concurrency import run_in_threadpool

from api.datasets.service import get_dataset
from api.deps import Services
from api.errors import DatasetNotEmptyError, EmptyUploadError
from store.database.columns import new_id
from store.database.engine import session_scope
from store.infrastructure.blobs import archive_key
from store.models import Dataset, DatasetStatus, Ingest
from store.verification.verified_set import lock_dataset

log = structlog.get_logger(__name__)


async def receive_archive(
    services: Services,
    dataset_id: str,
    chunks: AsyncIterator[bytes],
    file_name: str | None,
    name_encoding: str | None = None,
) -> Ingest:
    """Store `chunks` as the dataset's archive and queue its ingest.

    No transaction is open during the upload. A failed upload leaves nothing behind.
    Raises `NotFoundError`, `DatasetNotEmptyError`, `EmptyUploadError` and what reading `chunks` raises.
    """
    await run_in_threadpool(_check, services, dataset_id)
    ingest = Ingest(id=new_id(), dataset_id=dataset_id, file_name=file_name, name_encoding=name_encoding)
    ingest.archive_key = archive_key(dataset_id, ingest.id)
    counted = _Counted(chunks)
    await services.blobs.put_stream_async(ingest.archive_key, counted)
    ingest.size_bytes = counted.size
    try:
        await run_in_threadpool(_queue, services, ingest)
    except BaseException:
        await run_in_threadpool(services.blobs.delete, ingest.archive_key)
        raise
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


def _check(services: Services, dataset_id: str) -> None:
    with session_scope(services.engine, read_only=True) as session:
        _refuse_unless_empty(get_dataset(session, dataset_id))


def _queue(services: Services, ingest: Ingest) -> None:
    with session_scope(services.engine) as session:
        dataset = lock_dataset(session, ingest.dataset_id)
        _refuse_unless_empty(dataset)  # again: another upload may have finished first
        dataset.status = DatasetStatus.INGESTING
        session.add(ingest)
        services.queue.send_after_commit(session, "ingest.run", ingest.id)


def _refuse_unless_empty(dataset: Dataset) -> None:
    if dataset.status not in (DatasetStatus.EMPTY, DatasetStatus.FAILED):
        raise DatasetNotEmptyError(dataset.status)
