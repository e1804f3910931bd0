"""Verified images beside a dataset: stored without a given label, learned from, never ranked or exported."""

import csv
import io
from collections.abc import Callable

import numpy as np
import pytest
from sqlalchemy import Engine, select

from mslg_core.images.training_set import NO_LABEL
from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore, archive_key
from store.models import (
    Dataset,
    DatasetStatus,
    Export,
    ExportFormat,
    Ingest,
    IngestKind,
    Rejection,
    Sample,
    Split,
    Verdict,
    WorkStatus,
)
from store.models.review import Queue
from store.review.queues import QueueQuery, count_queues, in_scope
from store.tasks import lifecycle
from store.verification.verified_set import verified_set
from tests.factories import CLASSES, get_samples, make_dataset, make_image
from tests.worker.archives import pack
from tests.worker.training_jobs import NUM_SAMPLES, queue_job, read_job, read_results
from worker.tasks import export, train
from worker.tasks.ingest import run
from worker.training.inputs import read_inputs

pytestmark = pytest.mark.usefixtures("in_process", "one_thread")

PER_CLASS = 4
CLEAN = {
    f"{label}/{n:04}.png": make_image(900 + 10 * n + i)
    for i, label in enumerate(CLASSES)
    for n in range(PER_CLASS)
}
SHORT = {"epochs": 3, "warmup_epochs": 1, "batch_size": 32}


@pytest.fixture
def dataset(engine: Engine, blobs: ObjectBlobStore) -> Dataset:
    """Sixty samples of three classes, none of them verified."""
    with session_scope(engine) as session:
        return make_dataset(session, blobs, num_samples=NUM_SAMPLES)


@pytest.fixture
def add(engine: Engine, blobs: ObjectBlobStore, dataset: Dataset) -> Callable[[dict[str, bytes]], Ingest]:
    """Ingest an archive of verified images."""

    def add(files: dict[str, bytes]) -> Ingest:
        data = pack(files)
        with session_scope(engine) as session:
            row = Ingest(
                dataset_id=dataset.id, kind=IngestKind.VERIFIED_IMAGES, archive_key="", size_bytes=len(data)
            )
            session.add(row)
            session.flush()
            row.archive_key = archive_key(dataset.id, row.id)
            blobs.put(row.archive_key, data)
            ingest_id = row.id
        run(ingest_id)
        with session_scope(engine, read_only=True) as session:
            return lifecycle.get(session, Ingest, ingest_id)

    return add


def separate_samples(engine: Engine, dataset: Dataset) -> list[Sample]:
    with session_scope(engine, read_only=True) as session:
        return [sample for sample in get_samples(session, dataset) if sample.separate]


def test_they_join_the_verified_set_without_a_given_label(
    engine: Engine, dataset: Dataset, add: Callable[[dict[str, bytes]], Ingest]
) -> None:
    assert add(CLEAN).status is WorkStatus.SUCCEEDED
    samples = separate_samples(engine, dataset)
    assert {s.file_name: CLASSES[s.settled_label or 0] for s in samples} == {
        f"verified/{name}": name.split("/")[0] for name in CLEAN
    }
    assert {(s.given_label, s.verdict) for s in samples} == {(None, Verdict.CORRECT)}
    assert {s.split for s in samples} == {Split.META, Split.HOLDOUT}
    with session_scope(engine, read_only=True) as session:
        row = session.get_one(Dataset, dataset.id)
        counted = verified_set(session, row)
        assert (row.num_samples, row.num_separate, row.num_unlabelled) == (NUM_SAMPLES, len(CLEAN), 0)
        assert (counted.total, counted.separate) == (len(CLEAN), len(CLEAN))
        assert sum(count.given for count in counted.classes) == NUM_SAMPLES
        assert count_queues(session, row, "ann").verify == NUM_SAMPLES
        served = set(session.scalars(in_scope(row, QueueQuery("ann", Queue.RE_REVIEW))))
        assert not served & {sample.id for sample in samples}


def test_the_same_archive_again_adds_nothing(
    engine: Engine, dataset: Dataset, add: Callable[[dict[str, bytes]], Ingest]
) -> None:
    add(CLEAN)
    more = {"owl/new.png": make_image(5000)}
    assert add(CLEAN | more).status is WorkStatus.SUCCEEDED
    assert len(separate_samples(engine, dataset)) == len(CLEAN) + 1


def test_other_images_of_the_same_name_and_unreadable_ones_are_rejected(
    engine: Engine, dataset: Dataset, add: Callable[[dict[str, bytes]], Ingest]
) -> None:
    add(CLEAN)
    name = next(iter(CLEAN))
    add({name: make_image(6000), "owl/broken.png": b"no", "owl/new.png": make_image(5000)})
    with session_scope(engine, read_only=True) as session:
        rejected = {row.file_name: row.reason_code for row in session.scalars(select(Rejection))}
        assert session.get_one(Dataset, dataset.id).num_rejections == 2
    assert rejected == {f"verified/{name}": "duplicate_name", "verified/owl/broken.png": "bad_image"}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"zebra/1.png": make_image(1)}, "no class 'zebra'"),
        ({"owl/1.png": b"no image"}, "None of the verified images can be read"),
        ({"1.png": make_image(1)}, "No image has a label"),
    ],
)
def test_an_archive_that_does_not_fit_leaves_the_dataset_as_it_was(
    engine: Engine,
    dataset: Dataset,
    add: Callable[[dict[str, bytes]], Ingest],
    files: dict[str, bytes],
    message: str,
) -> None:
    row = add(files)
    assert row.status is WorkStatus.FAILED
    assert message in str(row.error)
    with session_scope(engine, read_only=True) as session:
        kept = session.get_one(Dataset, dataset.id)
        assert (kept.status, kept.num_samples, kept.num_separate) == (DatasetStatus.READY, NUM_SAMPLES, 0)
        assert len(get_samples(session, kept)) == NUM_SAMPLES


def test_a_job_learns_from_them_and_ranks_and_exports_the_others(
    engine: Engine,
    blobs: ObjectBlobStore,
    dataset: Dataset,
    add: Callable[[dict[str, bytes]], Ingest],
) -> None:
    add(CLEAN)
    with session_scope(engine, read_only=True) as session:
        inputs = read_inputs(session, dataset.id)
    alone = np.flatnonzero(inputs.given == NO_LABEL)
    assert set(alone.tolist()) == {*inputs.meta_index.tolist(), *inputs.holdout_index.tolist()}
    train.run(job_id := queue_job(engine, dataset, SHORT))
    job = read_job(engine, job_id)
    assert job.status is WorkStatus.SUCCEEDED, job.error
    rows = read_results(engine, job_id)
    assert sorted(row.rank for row in rows) == list(range(1, NUM_SAMPLES + 1))
    assert job.summary is not None
    holdout = job.summary["holdout"]
    assert (job.summary["num_samples"], holdout["given_accuracy"]) == (NUM_SAMPLES, None)
    assert (holdout["separate"], holdout["separate_accuracy"]["n"]) == (len(CLEAN), len(inputs.holdout_index))
    with session_scope(engine) as session:
        session.add(build := Export(dataset_id=dataset.id, job_id=job_id, format=ExportFormat.CSV))
    export.run(build.id)
    with session_scope(engine, read_only=True) as session:
        built = lifecycle.get(session, Export, build.id)
    assert built.file_key is not None
    names = [row["file_name"] for row in csv.DictReader(io.StringIO(blobs.get(built.file_key).decode()))]
    with session_scope(engine, read_only=True) as session:
        assert names == [s.file_name for s in get_samples(session, dataset) if not s.separate]
