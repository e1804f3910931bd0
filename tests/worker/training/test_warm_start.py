"""Jobs that start from the model of another job."""

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, select, update

from mslg_core.reports import Summary
from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore, dataset_prefix
from store.models import Dataset, Job, Sample, WorkStatus
from store.results.results import unpack_neighbours, unpack_trajectory
from tests.worker.training_jobs import (
    comparable,
    queue_job,
    read_epochs,
    read_job,
    read_results,
    requeue,
    run_until_killed,
)
from worker.tasks import train
from worker.training.warm_start import NO_MODEL

CONFIG = {"epochs": 6, "warmup_epochs": 4, "batch_size": 32, "backbone": "patches"}

pytestmark = pytest.mark.usefixtures("in_process", "one_thread")


def run_job(engine: Engine, dataset: Dataset, parent_id: str | None = None) -> tuple[Job, Summary]:
    """Train a job; it must succeed."""
    train.run(job_id := queue_job(engine, dataset, CONFIG, parent_id))
    return read_succeeded(engine, job_id)


def read_succeeded(engine: Engine, job_id: str) -> tuple[Job, Summary]:
    """The row and the summary of a job that succeeded."""
    job = read_job(engine, job_id)
    assert job.status is WorkStatus.SUCCEEDED, job.error
    return job, Summary.model_validate(job.summary)


def test_a_job_starts_from_the_model_of_its_parent(engine: Engine, dataset: Dataset, tmp_path: Path) -> None:
    parent, summary = run_job(engine, dataset)
    assert not summary.warm_started
    assert parent.model_key is not None
    assert parent.model_key.startswith(dataset_prefix(dataset.id) + "/")  # deleted with the dataset
    assert (tmp_path / "blobs" / parent.model_key).is_file()
    child, summary = run_job(engine, dataset, parent.id)
    assert (summary.warm_started, summary.start_note) == (True, None)
    assert child.model_key not in (None, parent.model_key)
    assert (len(read_epochs(engine, parent.id)), len(read_epochs(engine, child.id))) == (6, 4)


def test_the_summary_notes_a_parent_without_a_model(
    engine: Engine, dataset: Dataset, blobs: ObjectBlobStore
) -> None:
    parent, _ = run_job(engine, dataset)
    assert parent.model_key is not None
    blobs.put(parent.model_key, b"damaged")
    notes = [run_job(engine, dataset, parent.id)[1]]
    blobs.delete(parent.model_key)
    notes.append(run_job(engine, dataset, parent.id)[1])
    with session_scope(engine) as session:
        session.execute(update(Job).where(Job.id == parent.id).values(model_key=None))
    child, summary = run_job(engine, dataset, parent.id)
    assert {(s.warm_started, s.start_note) for s in (*notes, summary)} == {(False, NO_MODEL)}
    assert len(read_epochs(engine, child.id)) == 6


def test_a_resumed_job_has_the_same_results(
    engine: Engine, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent, _ = run_job(engine, dataset)
    whole, _ = run_job(engine, dataset, parent.id)
    interrupted = queue_job(engine, dataset, CONFIG, parent.id)
    run_until_killed(interrupted, monkeypatch)
    requeue(engine)
    train.run(interrupted)
    job, summary = read_succeeded(engine, interrupted)
    assert (job.attempt, summary.warm_started) == (2, True)
    resumed = comparable(read_results(engine, interrupted))
    assert resumed == comparable(read_results(engine, whole.id))


def test_trajectories_and_neighbours_are_stored(engine: Engine, dataset: Dataset) -> None:
    job, _ = run_job(engine, dataset)
    with session_scope(engine, read_only=True) as session:
        samples = session.scalars(select(Sample).where(Sample.dataset_id == dataset.id))
        settled = {s.id: s.settled_label for s in samples if s.settled_label is not None}
    for row in read_results(engine, job.id):
        trajectory = np.array(unpack_trajectory(row.trajectory))
        assert trajectory.shape == (6, 2)
        assert 0 <= trajectory.min() <= trajectory.max() <= 1
        of_given, of_suggested = unpack_neighbours(row.neighbours)
        assert {settled[i] for i in of_given} == {row.given}
        assert {settled[i] for i in of_suggested} == {row.suggested}
        assert row.sample_id not in (*of_given, *of_suggested)
