"""Training jobs from the row to the results, with cancellation, crashes and resumption."""

import signal
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, select

from mslg_core.ranking import suspected_errors
from mslg_core.reports import EpochReport, Summary
from mslg_core.training import checkpoint
from store.database.columns import utc_now
from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore, checkpoint_key, features_prefix
from store.models import (
    Dataset,
    Job,
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
from tests.factories import get_samples, make_dataset, verify_given
from tests.worker.processes import WAIT_SECONDS, StartWorker, wait_for, wait_until_ended
from tests.worker.training_jobs import (
    NUM_SAMPLES,
    comparable,
    queue_job,
    read_epochs,
    read_job,
    read_results,
    requeue,
    run_until_killed,
)
from worker.app import create_app
from worker.tasks import train
from worker.training.inputs import Inputs, read_inputs

SHORT = {"epochs": 4, "warmup_epochs": 1, "batch_size": 32, "seed": 3}
LONG = SHORT | {"epochs": 25}


pytestmark = pytest.mark.usefixtures("one_thread")


def reports(engine: Engine, job_id: str) -> list[EpochReport]:
    return [EpochReport.model_validate(row.report) for row in read_epochs(engine, job_id)]


def checkpoints(tmp_path: Path, job: Job) -> list[Path]:
    folder = tmp_path / "blobs" / checkpoint_key(job.dataset_id, job.id)
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.usefixtures("in_process")
class TestInProcess:
    """The task's function, without a broker."""

    def test_a_job_stores_what_it_learned(self, engine: Engine, dataset: Dataset, tmp_path: Path) -> None:
        train.run(job_id := queue_job(engine, dataset, SHORT))
        job = read_job(engine, job_id)
        assert job.status is WorkStatus.SUCCEEDED, job.error
        assert (job.progress_done, job.progress_total) == (4, 4)
        assert [report.epoch for report in reports(engine, job_id)] == [1, 2, 3, 4]
        assert Summary.model_validate(job.summary).num_samples == NUM_SAMPLES
        rows = read_results(engine, job_id)
        assert sorted(row.rank for row in rows) == list(range(1, NUM_SAMPLES + 1))
        assert all(0 <= row.label_score <= 1 for row in rows)
        assert np.allclose([sum(unpack_soft_label(row.soft_label)) for row in rows], 1, atol=1e-5)
        assert (job.checkpoint_key, checkpoints(tmp_path, job)) == (None, [])

    def test_cross_entropy_runs_too(self, engine: Engine, dataset: Dataset) -> None:
        train.run(job_id := queue_job(engine, dataset, SHORT | {"method": "cross_entropy"}))
        assert read_job(engine, job_id).status is WorkStatus.SUCCEEDED

    def test_features_are_extracted_once_for_all_jobs_of_a_dataset(
        self, engine: Engine, dataset: Dataset, tmp_path: Path
    ) -> None:
        written: list[dict[str, int]] = []
        for config in (SHORT, SHORT | {"seed": 4}, SHORT | {"horizontal_flip": True}):
            train.run(job_id := queue_job(engine, dataset, config | {"backbone": "patches"}))
            assert read_job(engine, job_id).status is WorkStatus.SUCCEEDED
            folder = tmp_path / "blobs" / features_prefix(dataset.id) / "fitted"
            written.append({path.name: path.stat().st_mtime_ns for path in folder.iterdir()})
        assert written[0] == written[1]
        assert len(written[2]) == 1
        assert written[2].keys() != written[0].keys()

    def test_too_few_verified_labels_fail_the_job(self, engine: Engine, blobs: ObjectBlobStore) -> None:
        with session_scope(engine) as session:
            dataset = make_dataset(session, blobs, num_samples=12)
            verify_given(session, dataset, per_class=1)
        train.run(job_id := queue_job(engine, dataset, SHORT))
        job = read_job(engine, job_id)
        assert job.status is WorkStatus.FAILED
        assert job.error is not None
        assert job.error["code"] == "too_few_verified"
        assert "2 more of 'cat'" in job.error["detail"]

    def test_an_unusable_image_is_excluded(self, engine: Engine, dataset: Dataset) -> None:
        with session_scope(engine) as session:
            sample = get_samples(session, dataset)[-1]
            verify(session, sample.id, Verdict.UNUSABLE)
        train.run(job_id := queue_job(engine, dataset, SHORT))
        assert sample.id not in [row.sample_id for row in read_results(engine, job_id)]
        assert len(read_results(engine, job_id)) == NUM_SAMPLES - 1

    def test_known_wrong_labels_are_ranked_and_not_learned_from(
        self, engine: Engine, dataset: Dataset
    ) -> None:
        with session_scope(engine) as session:
            sample = get_samples(session, dataset)[-1]
            verify(session, sample.id, Verdict.WRONG_UNKNOWN)
            assert read_inputs(session, dataset).known_wrong.tolist() == [NUM_SAMPLES - 1]
        train.run(job_id := queue_job(engine, dataset, SHORT))
        assert sample.id in [row.sample_id for row in read_results(engine, job_id)]

    def test_samples_not_randomly_selected_are_marked(self, engine: Engine, dataset: Dataset) -> None:
        with session_scope(engine) as session:
            meta = select(Sample).where(Sample.dataset_id == dataset.id, Sample.split == Split.META)
            ranked = session.scalars(meta.order_by(Sample.position)).all()[3]
            ranked.selection = Selection.RANKED
            ranked_id = ranked.id
        with session_scope(engine, read_only=True) as session:
            inputs = read_inputs(session, dataset)
        assert inputs.sample_ids[inputs.not_random].tolist() == [ranked_id]
        assert Inputs.from_bytes(inputs.to_bytes()).not_random.tolist() == inputs.not_random.tolist()

    def test_suspected_label_errors_are_queued_for_re_review(
        self, engine: Engine, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(suspected_errors, "RATIO", 0.0)
        train.run(job_id := queue_job(engine, dataset, SHORT))
        with session_scope(engine, read_only=True) as session:
            errors = session.scalars(
                select(SuspectedLabelError).where(SuspectedLabelError.job_id == job_id)
            ).all()
            verified = session.scalars(select(Sample).where(Sample.settled_label.is_not(None))).all()
        assert {(error.sample_id, error.settled_label) for error in errors} == {
            (sample.id, sample.settled_label) for sample in verified
        }
        assert all(0 <= error.probability <= 1 and error.resolved_at is None for error in errors)

    def test_a_resumed_job_has_the_same_results(
        self, engine: Engine, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Even if a reviewer settles more samples in between."""
        train.run(whole := queue_job(engine, dataset, SHORT))
        interrupted = queue_job(engine, dataset, SHORT)
        run_until_killed(interrupted, monkeypatch)
        assert (
            len(checkpoints(tmp_path, read_job(engine, interrupted))) == 2
        )  # the trainer's state, and the labels
        with session_scope(engine) as session:
            verify(session, get_samples(session, dataset)[-1].id, Verdict.CORRECT)
        requeue(engine)
        train.run(interrupted)
        job = read_job(engine, interrupted)
        assert (job.status, job.attempt) == (WorkStatus.SUCCEEDED, 2)
        assert comparable(read_results(engine, interrupted)) == comparable(read_results(engine, whole))
        assert checkpoints(tmp_path, job) == []

    @pytest.mark.parametrize("fault", ["damage", "version"])
    def test_training_starts_over_from_an_unreadable_checkpoint(
        self, engine: Engine, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
    ) -> None:
        job_id = queue_job(engine, dataset, SHORT)
        with monkeypatch.context() as patch:
            if fault == "version":
                patch.setattr(checkpoint, "FORMAT", 1)
            run_until_killed(job_id, monkeypatch)
        if fault == "damage":
            (tmp_path / "blobs" / str(read_job(engine, job_id).checkpoint_key)).write_bytes(b"damaged")
        requeue(engine)
        train.run(job_id)
        job = read_job(engine, job_id)
        assert (job.status, job.attempt) == (WorkStatus.SUCCEEDED, 2), job.error
        assert [report.epoch for report in reports(engine, job_id)] == [1, 2, 3, 4]


def test_the_job_of_a_killed_worker_is_resumed(
    engine: Engine, dataset: Dataset, start_worker: StartWorker, tmp_path: Path
) -> None:
    """The test sends no message: the sweep finds both the queued job and the lost one."""
    worker = start_worker("cpu", "gpu")
    job_id = queue_job(engine, dataset, LONG)
    wait_for(engine, Job, job_id, lambda job: job.progress_total == 25 and job.progress_done >= 3)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    start_worker("cpu", "gpu")
    job = wait_until_ended(engine, Job, job_id)
    assert (job.status, job.attempt) == (WorkStatus.SUCCEEDED, 2), job.error
    assert "resumed" in (tmp_path / "worker.log").read_text()
    assert [report.epoch for report in reports(engine, job_id)] == list(range(1, 26))
    again = queue_job(engine, dataset, LONG)
    wait_until_ended(engine, Job, again)
    assert comparable(read_results(engine, job_id)) == comparable(read_results(engine, again))


def test_a_running_job_is_cancelled(
    engine: Engine, dataset: Dataset, start_worker: StartWorker, tmp_path: Path
) -> None:
    start_worker("cpu", "gpu")
    job_id = queue_job(engine, dataset, LONG | {"epochs": 1000})
    wait_for(engine, Job, job_id, lambda job: job.progress_done >= 1)
    with session_scope(engine) as session:
        lifecycle.request_cancel(session, Job, job_id)
    job = wait_until_ended(engine, Job, job_id)
    assert job.status is WorkStatus.CANCELLED
    assert read_results(engine, job_id) == []
    wait_for(engine, Job, job_id, lambda job: checkpoints(tmp_path, job) == [])


def test_a_stopped_worker_releases_its_job(
    engine: Engine, dataset: Dataset, start_worker: StartWorker
) -> None:
    worker = start_worker("cpu", "gpu")
    job_id = queue_job(engine, dataset, LONG | {"epochs": 1000})
    wait_for(engine, Job, job_id, lambda job: job.progress_done >= 1)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=WAIT_SECONDS) == 0
    with session_scope(engine) as session:
        assert lifecycle.requeue_expired(session, Job, utc_now()).requeued == [job_id]


def test_duplicate_messages_run_a_job_once(
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
