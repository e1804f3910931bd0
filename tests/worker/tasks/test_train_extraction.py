"""Training jobs while features are extracted: progress, cancellation, crashes, images added later."""

import pytest
from sqlalchemy import Engine

from mslg_core.features import extraction
from mslg_core.images import decoders
from mslg_core.reports import ExtractionReport
from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore
from store.models import Dataset, Job, Verdict, WorkStatus
from store.tasks import lifecycle
from store.verification.record import verify
from tests.factories import get_samples
from tests.worker.training_jobs import NUM_SAMPLES, queue_job, read_job, read_results, requeue
from worker.tasks import train
from worker.training import hand_over, progress
from worker.training.progress import ProgressReports

SMALL = {
    "epochs": 2,
    "warmup_epochs": 1,
    "backbone": "pretrained",
    "image_size": 32,
    "horizontal_flip": False,
}
send = ProgressReports.__call__

pytestmark = pytest.mark.usefixtures("in_process", "one_thread")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of all images that the one worker reads from now on. Blocks have 8 images, chunks 16."""
    monkeypatch.setattr(hand_over, "has_several_workers", lambda: False)
    monkeypatch.setattr(decoders, "BLOCK", 8)
    monkeypatch.setattr(extraction, "CHUNK", 16)
    monkeypatch.setattr(progress, "SECONDS_BETWEEN", 0.0)
    keys: list[str] = []
    get = ObjectBlobStore.get

    def record(blobs: ObjectBlobStore, key: str) -> bytes:
        if "/images/" in key:
            keys.append(key)
        return get(blobs, key)

    monkeypatch.setattr(ObjectBlobStore, "get", record)
    return keys


def test_a_job_killed_while_features_are_extracted_repeats_at_most_one_chunk(
    engine: Engine, dataset: Dataset, monkeypatch: pytest.MonkeyPatch, read: list[str]
) -> None:
    job_id = queue_job(engine, dataset, SMALL)

    def stop(reports: ProgressReports, report: ExtractionReport) -> None:
        send(reports, report)
        if report.done >= 40:
            raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(ProgressReports, "__call__", stop)
        with pytest.raises(SystemExit):
            train.run(job_id)
    job = read_job(engine, job_id)
    assert (job.progress_done, job.progress_total) == (40, NUM_SAMPLES)
    assert job.progress_note == "extracting features"
    assert job.progress_rate is not None
    assert job.progress_rate > 0
    requeue(engine)
    read.clear()
    train.run(job_id)
    assert read_job(engine, job_id).status is WorkStatus.SUCCEEDED
    assert len(read) == NUM_SAMPLES - 32
    assert read_job(engine, job_id).progress_rate is None


def test_a_job_is_cancelled_while_features_are_extracted(
    engine: Engine, dataset: Dataset, monkeypatch: pytest.MonkeyPatch, read: list[str]
) -> None:
    job_id = queue_job(engine, dataset, SMALL)

    def cancel(reports: ProgressReports, report: ExtractionReport) -> None:
        with session_scope(engine) as session:
            lifecycle.request_cancel(session, Job, job_id)
        send(reports, report)

    monkeypatch.setattr(ProgressReports, "__call__", cancel)
    train.run(job_id)
    assert read_job(engine, job_id).status is WorkStatus.CANCELLED
    assert len(read) < NUM_SAMPLES


def test_images_that_were_added_cost_only_themselves(
    engine: Engine, dataset: Dataset, read: list[str]
) -> None:
    """An image that was unusable in the first job takes part in the second."""
    with session_scope(engine) as session:
        verify(session, get_samples(session, dataset)[-1].id, Verdict.UNUSABLE)
    train.run(queue_job(engine, dataset, SMALL))
    with session_scope(engine) as session:
        verify(session, get_samples(session, dataset)[-1].id, Verdict.CORRECT)
    read.clear()
    train.run(job_id := queue_job(engine, dataset, SMALL))
    assert len(read_results(engine, job_id)) == NUM_SAMPLES
    assert len(read) == 1
