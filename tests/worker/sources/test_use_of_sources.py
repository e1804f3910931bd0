"""Jobs and exports read images that stay in a source, and fail with a sentence where one has changed."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore, dataset_prefix
from store.models import Dataset, Export, ExportFormat, Ingest, Job, WorkStatus
from store.tasks import lifecycle
from tests.factories import CLASSES, make_image, make_succeeded_job, verify_given
from tests.worker.training_jobs import queue_job, read_job, read_results
from worker.tasks import export, train

pytestmark = pytest.mark.usefixtures("one_thread")

CONFIG = {"epochs": 2, "warmup_epochs": 1, "batch_size": 32, "seed": 3, "backbone": "patches"}
NUM_IMAGES = 36


@pytest.fixture
def dataset(engine: Engine, folder: Path, source_id: str, take_in: Callable[..., Ingest]) -> Dataset:
    """A ready dataset of 36 images in a folder, all verified."""
    for number in range(12, NUM_IMAGES):
        (folder / CLASSES[number % 3] / f"{number:02}.png").write_bytes(make_image(number))
    assert take_in().status is WorkStatus.SUCCEEDED
    with session_scope(engine) as session:
        dataset = session.get_one(Dataset, source_id)
        verify_given(session, dataset, per_class=NUM_IMAGES // len(CLASSES))
        return dataset


def build(engine: Engine, job: Job) -> Export:
    with session_scope(engine) as session:
        row = Export(dataset_id=job.dataset_id, job_id=job.id, format=ExportFormat.CLASS_FOLDERS)
        session.add(row)
    export.run(row.id)
    with session_scope(engine, read_only=True) as session:
        return lifecycle.get(session, Export, row.id)


def test_a_job_reads_the_source_and_keeps_features_only(
    engine: Engine, blobs: ObjectBlobStore, folder: Path, dataset: Dataset
) -> None:
    train.run(job_id := queue_job(engine, dataset, CONFIG))
    job = read_job(engine, job_id)
    assert job.status is WorkStatus.SUCCEEDED, job.error
    assert len(read_results(engine, job_id)) == NUM_IMAGES
    kinds = {key.split("/")[2] for key in blobs.keys(dataset_prefix(dataset.id))}
    assert "features" in kinds
    assert "images" not in kinds
    for path in folder.rglob("*.png"):
        path.unlink()
    train.run(again := queue_job(engine, dataset, CONFIG))  # the features are the service's own
    assert read_job(engine, again).status is WorkStatus.SUCCEEDED


def test_a_job_fails_with_a_sentence_about_a_changed_image(
    engine: Engine, folder: Path, dataset: Dataset
) -> None:
    (folder / "cat" / "00.png").write_bytes(make_image(99))
    (folder / "dog" / "01.png").unlink()
    train.run(job_id := queue_job(engine, dataset, CONFIG))
    error = read_job(engine, job_id).error
    assert error is not None
    assert error["code"] == "damaged_images"
    assert "2 images cannot be" in error["detail"]
    assert "cat/00.png has changed in the source" in error["detail"]


def test_a_job_fails_with_a_sentence_if_the_source_is_gone(
    engine: Engine, folder: Path, dataset: Dataset
) -> None:
    folder.rename(folder.with_name("away"))
    train.run(job_id := queue_job(engine, dataset, CONFIG))
    error = read_job(engine, job_id).error
    assert error is not None
    assert (error["code"], error["title"]) == ("source_unavailable", "The training cannot be run")


def test_exports_hold_the_images_of_the_source(
    engine: Engine, blobs: ObjectBlobStore, folder: Path, dataset: Dataset
) -> None:
    with session_scope(engine) as session:
        job = make_succeeded_job(session, dataset)
    row = build(engine, job)
    assert row.file_key is not None, row.error
    with zipfile.ZipFile(io.BytesIO(blobs.get(row.file_key))) as archive:
        images = {archive.read(name) for name in archive.namelist() if name.endswith(".png")}
    assert images == {path.read_bytes() for path in folder.rglob("*.png")}
    (folder / "cat" / "00.png").write_bytes(make_image(99))
    error = build(engine, job).error
    assert error is not None
    assert error["code"] == "source_image_changed"
