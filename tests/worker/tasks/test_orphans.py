"""What an interrupted task left in the storage is deleted, and nothing else."""

import os
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore, archive_key, dataset_prefix, local_root
from store.models import Dataset, Ingest, Job, WorkStatus
from store.settings import Settings
from tests.factories import make_dataset, make_job, make_succeeded_job, start_job
from worker.tasks import orphans

pytestmark = pytest.mark.usefixtures("in_process")


@pytest.fixture
def dataset(engine: Engine, blobs: ObjectBlobStore) -> Dataset:
    """A dataset with a job whose first attempt was killed after it had stored its model."""
    with session_scope(engine) as session:
        dataset = make_dataset(session, blobs, num_samples=3)
        job = make_succeeded_job(session, dataset)
        job.model_key = f"{dataset_prefix(dataset.id)}/models/{job.id}/2"
    for key in (
        "models/JOB/1",
        "models/JOB/2",
        "features/x",
        "archives/interrupted",
        "checkpoints/JOB/1/inputs",
    ):
        blobs.put(f"{dataset_prefix(dataset.id)}/{key.replace('JOB', job.id)}", b"data")
    return dataset


def age(settings: Settings) -> None:
    """Make all blobs so old that what nobody needs is deleted."""
    root = local_root(settings.resolved_blob_url)
    assert root is not None
    then = time.time() - settings.orphan_seconds - 1
    for path in Path(root).rglob("*"):
        os.utime(path, (then, then))


def kinds(blobs: ObjectBlobStore, dataset: Dataset) -> list[str]:
    """What is stored besides images: folder and last part of the key."""
    parts = [key.split("/") for key in blobs.keys(dataset_prefix(dataset.id))]
    return sorted(f"{part[2]}/{part[-1]}" for part in parts if part[2] != "images")


def test_what_no_row_names_is_deleted(blobs: ObjectBlobStore, dataset: Dataset, settings: Settings) -> None:
    before = kinds(blobs, dataset)
    orphans.run()
    assert kinds(blobs, dataset) == before  # too new
    age(settings)
    orphans.run()
    assert kinds(blobs, dataset) == ["features/x", "models/2"]
    assert len(list(blobs.keys(f"{dataset_prefix(dataset.id)}/images"))) == 3


def test_live_work_keeps_everything(
    engine: Engine, blobs: ObjectBlobStore, dataset: Dataset, settings: Settings
) -> None:
    with session_scope(engine) as session:
        start_job(make_job(session, session.merge(dataset)))
    age(settings)
    before = kinds(blobs, dataset)
    orphans.run()
    assert kinds(blobs, dataset) == before


def test_an_archive_that_was_checked_waits_for_its_ingest(
    engine: Engine, blobs: ObjectBlobStore, dataset: Dataset, settings: Settings
) -> None:
    key = archive_key(dataset.id, "checked")
    blobs.put(key, b"PK")
    with session_scope(engine) as session:
        checked = Ingest(dataset_id=dataset.id, archive_key=key, size_bytes=2, dry_run=True)
        checked.status = WorkStatus.SUCCEEDED
        session.add(checked)
    age(settings)
    orphans.run()
    assert "archives/checked" in kinds(blobs, dataset)
    with session_scope(engine) as session:
        stored = Ingest(dataset_id=dataset.id, archive_key=key, size_bytes=2)
        stored.status = WorkStatus.SUCCEEDED
        session.add(stored)
    age(settings)
    orphans.run()
    assert "archives/checked" not in kinds(blobs, dataset)


def test_a_deleted_dataset_leaves_nothing(
    engine: Engine, blobs: ObjectBlobStore, dataset: Dataset, settings: Settings
) -> None:
    with session_scope(engine) as session:
        session.delete(session.get_one(Dataset, dataset.id))
        assert session.query(Job).count() == 0
    age(settings)
    orphans.run()
    assert list(blobs.keys(dataset_prefix(dataset.id))) == []
