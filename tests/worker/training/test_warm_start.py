"""Jobs that go on from what another has learned."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sqlalchemy import Engine, select, update

from mslg_core.reports import Summary
from store.database.columns import utc_now
from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore, dataset_prefix
from store.models import Dataset, Epoch, Job, Result, Sample, WorkStatus
from store.results.results import unpack_neighbours, unpack_trajectory
from store.tasks import lifecycle
from tests.factories import make_dataset, make_job, verify_given
from worker.tasks import train
from worker.training.warm_start import NO_MODEL

CONFIG = {"epochs": 6, "warmup_epochs": 4, "batch_size": 32, "backbone": "patches"}

pytestmark = pytest.mark.usefixtures("in_process")


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """So small a head is slower on several threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def dataset(engine: Engine, blobs: ObjectBlobStore) -> Dataset:
    with session_scope(engine) as session:
        dataset = make_dataset(session, blobs, num_samples=60)
        verify_given(session, dataset, per_class=3)
        return dataset


def queue_job(engine: Engine, dataset: Dataset, parent_id: str | None = None) -> str:
    with session_scope(engine) as session:
        job = make_job(session, dataset, CONFIG)
        job.parent_id = parent_id
        return job.id


def run_job(engine: Engine, dataset: Dataset, parent_id: str | None = None) -> tuple[Job, Summary]:
    """A job that has succeeded."""
    train.run(job_id := queue_job(engine, dataset, parent_id))
    return read(engine, job_id)


def read(engine: Engine, job_id: str) -> tuple[Job, Summary]:
    with session_scope(engine, read_only=True) as session:
        job = lifecycle.get(session, Job, job_id)
    assert job.status is WorkStatus.SUCCEEDED, job.error
    return job, Summary.model_validate(job.summary)


def results(engine: Engine, job_id: str) -> list[Result]:
    with session_scope(engine, read_only=True) as session:
        return list(session.scalars(select(Result).where(Result.job_id == job_id).order_by(Result.sample_id)))


def num_epochs(engine: Engine, job_id: str) -> int:
    with session_scope(engine, read_only=True) as session:
        return len(session.scalars(select(Epoch.epoch).where(Epoch.job_id == job_id)).all())


def test_a_job_goes_on_from_its_parent(engine: Engine, dataset: Dataset, tmp_path: Path) -> None:
    parent, summary = run_job(engine, dataset)
    assert not summary.warm_started
    assert parent.model_key is not None
    assert parent.model_key.startswith(dataset_prefix(dataset.id) + "/")  # goes with the dataset
    assert (tmp_path / "blobs" / parent.model_key).is_file()
    child, summary = run_job(engine, dataset, parent.id)
    assert (summary.warm_started, summary.start_note) == (True, None)
    assert child.model_key not in (None, parent.model_key)
    assert (num_epochs(engine, parent.id), num_epochs(engine, child.id)) == (6, 4)


def test_a_parent_without_a_model_is_said(engine: Engine, dataset: Dataset, blobs: ObjectBlobStore) -> None:
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
    assert num_epochs(engine, child.id) == 6


def test_an_interrupted_job_goes_on_as_if_nothing_had_happened(
    engine: Engine, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent, _ = run_job(engine, dataset)
    whole, _ = run_job(engine, dataset, parent.id)
    interrupted = queue_job(engine, dataset, parent.id)
    save = train._save_epoch

    def die_after_two(*arguments: Any) -> None:
        save(*arguments)
        if arguments[-1].epoch == 2:
            raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(train, "_save_epoch", die_after_two)
        with pytest.raises(SystemExit):
            train.run(interrupted)
    with session_scope(engine) as session:
        lifecycle.requeue_expired(session, Job, utc_now())
    train.run(interrupted)
    job, summary = read(engine, interrupted)
    assert (job.attempt, summary.warm_started) == (2, True)
    figures = [
        [(r.sample_id, r.rank, r.soft_label, r.trajectory, r.neighbours) for r in results(engine, job_id)]
        for job_id in (interrupted, whole.id)
    ]
    assert figures[0] == figures[1]


def test_trajectories_and_neighbours_are_stored(engine: Engine, dataset: Dataset) -> None:
    job, _ = run_job(engine, dataset)
    with session_scope(engine, read_only=True) as session:
        samples = session.scalars(select(Sample).where(Sample.dataset_id == dataset.id))
        settled = {s.id: s.settled_label for s in samples if s.settled_label is not None}
    for row in results(engine, job.id):
        trajectory = np.array(unpack_trajectory(row.trajectory))
        assert trajectory.shape == (6, 2)
        assert 0 <= trajectory.min() <= trajectory.max() <= 1
        of_given, of_suggested = unpack_neighbours(row.neighbours)
        assert {settled[i] for i in of_given} == {row.given}
        assert {settled[i] for i in of_suggested} == {row.suggested}
        assert row.sample_id not in (*of_given, *of_suggested)
