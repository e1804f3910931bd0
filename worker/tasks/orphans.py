"""`orphans.run`: deletes what interrupted tasks and requests left in the storage: no row names it.

A worker that is killed after it stored a blob, and before its transaction, leaves one behind. A dataset with
live work is left alone, and so is all that is new: its row may follow. Images and features belong to their
dataset as a whole. Ages are measured by the database's clock, since that of a worker may be wrong.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from store.database.clock import database_now
from store.database.engine import session_scope
from store.infrastructure.blobs import DATASETS, BlobStore, dataset_prefix
from store.models import Dataset, Export, Ingest, Job, Version, WorkStatus
from store.settings import get_settings
from worker.app import task
from worker.resources import get_blobs, get_engine

FOLDERS = ("archives", "checkpoints", "models", "indexes", "maps", "exports", "versions")
"""Of a dataset, in which each blob has a row of its own."""
LIVE = (WorkStatus.QUEUED, WorkStatus.RUNNING)
OF_DATASET = (Ingest, Job, Export, Version)
NAMED = (Job.model_key, Job.index_key, Job.map_key, Export.file_key, Version.table_key)

log = structlog.get_logger(__name__)


@task("orphans.run")
def run() -> None:
    """Sweep once."""
    blobs = get_blobs()
    with session_scope(get_engine(), read_only=True) as session:
        before = database_now(session) - timedelta(seconds=get_settings().orphan_seconds)
    unfinished = blobs.delete_unfinished(before)
    deleted = sum(_sweep(blobs, dataset_id, before) for dataset_id in blobs.folders(DATASETS))
    if unfinished or deleted:
        log.info("orphans_deleted", blobs=deleted, unfinished=unfinished)


def _sweep(blobs: BlobStore, dataset_id: str, before: datetime) -> int:
    """Delete the orphans of one dataset; return their number."""
    old = list(_list_old(blobs, dataset_id, before))
    with session_scope(get_engine(), read_only=True) as session:
        orphans = _find_orphans(session, dataset_id, old)
    for key in orphans:
        blobs.delete(key)
    return len(orphans)


def _list_old(blobs: BlobStore, dataset_id: str, before: datetime) -> Iterator[str]:
    for folder in blobs.folders(dataset_prefix(dataset_id)):
        yield from blobs.old_keys(f"{dataset_prefix(dataset_id)}/{folder}", before)


def _find_orphans(session: Session, dataset_id: str, keys: list[str]) -> list[str]:
    if session.get(Dataset, dataset_id) is None:
        return keys
    live = [exists().where(model.dataset_id == dataset_id, model.status.in_(LIVE)) for model in OF_DATASET]
    if session.scalar(select(func.count()).where(live[0] | live[1] | live[2] | live[3])):
        return []
    named = _find_kept_archives(session, dataset_id)
    for column in NAMED:
        of_dataset = column.class_.dataset_id == dataset_id
        named |= set(session.scalars(select(column).where(of_dataset, column.is_not(None))))
    return [key for key in keys if key.split("/")[2] in FOLDERS and key not in named]


def _find_kept_archives(session: Session, dataset_id: str) -> set[str]:
    """Archives that a dry run has read, and that wait for the ingest that stores their images."""
    keys = select(Ingest.archive_key).where(Ingest.dataset_id == dataset_id)
    checked = keys.where(Ingest.dry_run, Ingest.status == WorkStatus.SUCCEEDED)
    return set(session.scalars(checked)) - set(session.scalars(keys.where(~Ingest.dry_run)))
