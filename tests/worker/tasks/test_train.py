"""Training jobs, from the row to the results, through cancels, crashes and resumes."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sqlalchemy import Engine, select

from mslg_core.ranking import suspected_errors
from mslg_core.reports import EpochReport, Summary
from mslg_core.training import checkpoint
from store.database.columns import utc_now
from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore, checkpoint_key, features_prefix
from store.models import (
    Dataset,
    Epoch,
    Job,
    Result,
    Sample,
    Selection,
    Split,
    SuspectedLabelError,
    Verdict,
    WorkStatus,
)
from store.results.results import unpack_soft_label
from store.settings import Settings
from store.tasks import lifecycle
from store.verification.record import verify
from tests.factories import get_samples, make_dataset, make_job, verify_given
from tests.worker.processes import WAIT_SECONDS, StartWorker, wait_for, wait_until_ended
from worker.app import create_app
from worker.tasks import train
from worker.training.inputs import Inputs, read_inputs

NUM_SAMPLES = 60
SHORT = {"epochs": 4, "warmup_epochs": 1, "batch_size": 32, "seed": 3}
LONG = SHORT | {"epochs": 25}


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """So small a network is slower on several threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def dataset(engine: Engine, blobs: ObjectBlobStore) -> Dataset:
    with session_scope(engine) as session:
        dataset = make_dataset(session, blobs, num_samples=NUM_SAMPLES)
        verify_given(session, dataset, per_class=3)
        return dataset


def queue_job(engine: Engine, dataset: Dataset, config: dict[str, Any]) -> str:
    with session_scope(engine) as session:
        return make_job(session, dataset, config).id


def read(engine: Engine, job_id: str) -> Job:
    with session_scope(engine, read_only=True) as session:
        return lifecycle.get(session, Job, job_id)


def results(engine: Engine, job_id: str) -> list[Result]:
    with session_scope(engine, read_only=True) as session:
        statement = select(Result).where(Result.job_id == job_id).order_by(Result.sample_id)
        return list(session.scalars(statement))


def epochs(engine: Engine, job_id: str) -> list[EpochReport]:
    with session_scope(engine, read_only=True) as session:
        rows = session.scalars(select(Epoch).where(Epoch.job_id == job_id).order_by(Epoch.epoch))
        return [EpochReport.model_validate(row.report) for row in rows]


def figures(rows: list[Result]) -> list[tuple[object, ...]]:
    return [(r.sample_id, r.suggested, r.label_score, r.rank, r.is_label_issue, r.soft_label) for r in rows]


def checkpoints(tmp_path: Path, job: Job) -> list[Path]:
    folder = tmp_path / "blobs" / checkpoint_key(job.dataset_id, job.id)
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.usefixtures("in_process")
class TestInProcess:
    """The task's function, without a broker."""

    def test_a_job_stores_what_it_learned(self, engine: Engine, dataset: Dataset, tmp_path: Path) -> None:
        train.run(job_id := queue_job(engine, dataset, SHORT))
        job = read(engine, job_id)
        assert job.status is WorkStatus.SUCCEEDED, job.error
        assert (job.progress_done, job.progress_total) == (4, 4)
        assert [report.epoch for report in epochs(engine, job_id)] == [1, 2, 3, 4]
        assert Summary.model_validate(job.summary).num_samples == NUM_SAMPLES
        rows = results(engine, job_id)
        assert sorted(row.rank for row in rows) == list(range(1, NUM_SAMPLES + 1))
        assert all(0 <= row.label_score <= 1 for row in rows)
        assert np.allclose([sum(unpack_soft_label(row.soft_label)) for row in rows], 1, atol=1e-5)
        assert (job.checkpoint_key, checkpoints(tmp_path, job)) == (None, [])

    def test_the_other_method_runs_too(self, engine: Engine, dataset: Dataset) -> None:
        train.run(job_id := queue_job(engine, dataset, SHORT | {"method": "cross_entropy"}))
        assert read(engine, job_id).status is WorkStatus.SUCCEEDED

    def test_features_are_made_once_for_all_jobs_of_a_dataset(
        self, engine: Engine, dataset: Dataset, tmp_path: Path
    ) -> None:
        written: list[dict[str, int]] = []
        for config in (SHORT, SHORT | {"seed": 4}, SHORT | {"horizontal_flip": True}):
            train.run(job_id := queue_job(engine, dataset, config | {"backbone": "patches"}))
            assert read(engine, job_id).status is WorkStatus.SUCCEEDED
            folder = tmp_path / "blobs" / features_prefix(dataset.id)
            written.append({path.name: path.stat().st_mtime_ns for path in folder.iterdir()})
        assert written[0] == written[1]
        assert len(written[2]) == 1
        assert written[2].keys() != written[0].keys()

    def test_too_few_verified_labels_are_said(self, engine: Engine, blobs: ObjectBlobStore) -> None:
        with session_scope(engine) as session:
            dataset = make_dataset(session, blobs, num_samples=12)
            verify_given(session, dataset, per_class=1)
        train.run(job_id := queue_job(engine, dataset, SHORT))
        job = read(engine, job_id)
        assert job.status is WorkStatus.FAILED
        assert job.error is not None
        assert job.error["code"] == "too_few_verified"
        assert "2 more of 'cat'" in job.error["detail"]

    def test_an_unusable_image_is_left_out(self, engine: Engine, dataset: Dataset) -> None:
        with session_scope(engine) as session:
            sample = get_samples(session, dataset)[-1]
            verify(session, sample.id, Verdict.UNUSABLE)
        train.run(job_id := queue_job(engine, dataset, SHORT))
        assert sample.id not in [row.sample_id for row in results(engine, job_id)]
        assert len(results(engine, job_id)) == NUM_SAMPLES - 1

    def test_labels_that_are_known_wrong_are_ranked_and_not_learned_from(
        self, engine: Engine, dataset: Dataset
    ) -> None:
        with session_scope(engine) as session:
            sample = get_samples(session, dataset)[-1]
            verify(session, sample.id, Verdict.WRONG_UNKNOWN)
            assert read_inputs(session, dataset.id).known_wrong.tolist() == [NUM_SAMPLES - 1]
        train.run(job_id := queue_job(engine, dataset, SHORT))
        assert sample.id in [row.sample_id for row in results(engine, job_id)]

    def test_samples_that_are_not_random_are_marked(self, engine: Engine, dataset: Dataset) -> None:
        with session_scope(engine) as session:
            meta = select(Sample).where(Sample.dataset_id == dataset.id, Sample.split == Split.META)
            picked = session.scalars(meta.order_by(Sample.position)).all()[3]
            picked.selection = Selection.RANKED
            picked_id = picked.id
        with session_scope(engine, read_only=True) as session:
            inputs = read_inputs(session, dataset.id)
        assert inputs.sample_ids[inputs.not_random].tolist() == [picked_id]
        assert Inputs.from_bytes(inputs.to_bytes()).not_random.tolist() == inputs.not_random.tolist()

    def test_doubtful_verifications_are_queued_for_a_second_look(
        self, engine: Engine, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(suspected_errors, "RATIO", 0.0)
        train.run(job_id := queue_job(engine, dataset, SHORT))
        with session_scope(engine, read_only=True) as session:
            looks = session.scalars(
                select(SuspectedLabelError).where(SuspectedLabelError.job_id == job_id)
            ).all()
            verified = session.scalars(select(Sample).where(Sample.settled_label.is_not(None))).all()
        assert {(look.sample_id, look.settled_label) for look in looks} == {
            (sample.id, sample.settled_label) for sample in verified
        }
        assert all(0 <= look.probability <= 1 and look.resolved_at is None for look in looks)

    def test_an_interrupted_job_goes_on_as_if_nothing_had_happened(
        self, engine: Engine, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Also when a reviewer has settled more samples in between."""
        train.run(whole := queue_job(engine, dataset, SHORT))
        interrupted = queue_job(engine, dataset, SHORT)
        save = train._save_epoch

        def die_after_two(*arguments: Any) -> None:
            save(*arguments)
            if arguments[-1].epoch == 2:
                raise SystemExit

        with monkeypatch.context() as patch:
            patch.setattr(train, "_save_epoch", die_after_two)
            with pytest.raises(SystemExit):
                train.run(interrupted)
        assert len(checkpoints(tmp_path, read(engine, interrupted))) == 2  # the epoch's, and the labels
        with session_scope(engine) as session:
            verify(session, get_samples(session, dataset)[-1].id, Verdict.CORRECT)
            lifecycle.requeue_expired(session, Job, utc_now())
        train.run(interrupted)
        job = read(engine, interrupted)
        assert (job.status, job.attempt) == (WorkStatus.SUCCEEDED, 2)
        assert figures(results(engine, interrupted)) == figures(results(engine, whole))
        assert checkpoints(tmp_path, job) == []

    @pytest.mark.parametrize("spoil", ["damage", "version"])
    def test_a_checkpoint_that_cannot_be_taken_up_costs_time_only(
        self, engine: Engine, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: str
    ) -> None:
        job_id = queue_job(engine, dataset, SHORT)
        save = train._save_epoch

        def die_after_two(*arguments: Any) -> None:
            save(*arguments)
            if arguments[-1].epoch == 2:
                raise SystemExit

        with monkeypatch.context() as patch:
            patch.setattr(train, "_save_epoch", die_after_two)
            if spoil == "version":
                patch.setattr(checkpoint, "FORMAT", 1)
            with pytest.raises(SystemExit):
                train.run(job_id)
        if spoil == "damage":
            (tmp_path / "blobs" / str(read(engine, job_id).checkpoint_key)).write_bytes(b"damaged")
        with session_scope(engine) as session:
            lifecycle.requeue_expired(session, Job, utc_now())
        train.run(job_id)
        job = read(engine, job_id)
        assert (job.status, job.attempt) == (WorkStatus.SUCCEEDED, 2), job.error
        assert [report.epoch for report in epochs(engine, job_id)] == [1, 2, 3, 4]


def test_a_killed_worker_loses_nothing(
    engine: Engine, dataset: Dataset, start_worker: StartWorker, tmp_path: Path
) -> None:
    """No message is sent here at all: the sweep finds both the queued job and the lost one."""
    worker = start_worker("cpu", "gpu")
    job_id = queue_job(engine, dataset, LONG)
    wait_for(engine, Job, job_id, lambda job: job.progress_done >= 3)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    start_worker("cpu", "gpu")
    job = wait_until_ended(engine, Job, job_id)
    assert (job.status, job.attempt) == (WorkStatus.SUCCEEDED, 2), job.error
    assert "resumed" in (tmp_path / "worker.log").read_text()
    assert [report.epoch for report in epochs(engine, job_id)] == list(range(1, 26))
    again = queue_job(engine, dataset, LONG)
    wait_until_ended(engine, Job, again)
    assert figures(results(engine, job_id)) == figures(results(engine, again))


def test_cancel_cancels(engine: Engine, dataset: Dataset, start_worker: StartWorker, tmp_path: Path) -> None:
    start_worker("cpu", "gpu")
    job_id = queue_job(engine, dataset, LONG | {"epochs": 1000})
    wait_for(engine, Job, job_id, lambda job: job.progress_done >= 1)
    with session_scope(engine) as session:
        lifecycle.request_cancel(session, Job, job_id)
    job = wait_until_ended(engine, Job, job_id)
    assert job.status is WorkStatus.CANCELLED
    assert results(engine, job_id) == []
    wait_for(engine, Job, job_id, lambda job: checkpoints(tmp_path, job) == [])


def test_a_worker_that_is_stopped_gives_its_job_back(
    engine: Engine, dataset: Dataset, start_worker: StartWorker
) -> None:
    worker = start_worker("cpu", "gpu")
    job_id = queue_job(engine, dataset, LONG | {"epochs": 1000})
    wait_for(engine, Job, job_id, lambda job: job.progress_done >= 1)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=WAIT_SECONDS) == 0
    with session_scope(engine) as session:
        assert lifecycle.requeue_expired(session, Job, utc_now()).requeued == [job_id]


def test_of_two_workers_one_does_the_job(
    engine: Engine, dataset: Dataset, start_worker: StartWorker, settings: Settings
) -> None:
    start_worker("cpu", "gpu")
    start_worker("gpu")
    jobs = [queue_job(engine, dataset, SHORT) for _ in range(3)]
    for job_id in jobs * 3:
        create_app(settings).send_task("train.run", args=[job_id])
    for job_id in jobs:
        job = wait_until_ended(engine, Job, job_id)
        assert (job.status, job.attempt) == (WorkStatus.SUCCEEDED, 1), job.error
