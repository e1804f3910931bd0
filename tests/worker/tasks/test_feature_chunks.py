"""Features of a job's images are extracted in chunks, tasks of their own, while the job waits."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from mslg_core.features import extraction
from mslg_core.images import decoders
from store.database.columns import utc_now
from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore, checkpoint_key, features_prefix
from store.models import Dataset, FeatureChunk, Job, Verdict, WorkStatus
from store.settings import Settings
from store.tasks import chunks, lifecycle
from store.verification.record import verify
from tests.factories import get_samples
from tests.worker.training_jobs import NUM_SAMPLES, comparable, queue_job, read_job, read_results
from worker.app import app
from worker.tasks import feature_chunk, sweep, train
from worker.training import hand_over

SMALL = {"epochs": 2, "warmup_epochs": 1, "backbone": "joined", "image_size": 32, "horizontal_flip": False}
CHUNK = 16
TASKS: dict[str, Callable[[str], None]] = {"train.run": train.run, "features.run": feature_chunk.run}

pytestmark = pytest.mark.usefixtures("in_process", "one_thread")


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The messages that were sent, as (task, id), of a service with several workers and small chunks."""
    sent: list[tuple[str, str]] = []

    def send_task(name: str, args: list[str]) -> None:
        sent.append((name, args[0]))

    monkeypatch.setattr(app, "send_task", send_task)
    monkeypatch.setattr(hand_over, "has_several_workers", lambda: True)
    monkeypatch.setattr(decoders, "BLOCK", 8)
    monkeypatch.setattr(extraction, "BLOCK", 8)
    monkeypatch.setattr(extraction, "CHUNK", CHUNK)
    return sent


def work_off(messages: list[tuple[str, str]]) -> None:
    """Run the tasks of all messages, also of those that are sent meanwhile."""
    while messages:
        name, work_id = messages.pop(0)
        TASKS[name](work_id)


def read_chunks(engine: Engine) -> list[FeatureChunk]:
    with session_scope(engine, read_only=True) as session:
        return list(session.scalars(select(FeatureChunk).order_by(FeatureChunk.number)))


def start(engine: Engine, dataset: Dataset, config: dict[str, object] = SMALL) -> str:
    """Queue a job and run it until it waits for its chunks; return its id."""
    train.run(job_id := queue_job(engine, dataset, config))
    return job_id


def damage_image(engine: Engine, blobs: ObjectBlobStore, dataset: Dataset, position: int) -> None:
    with session_scope(engine, read_only=True) as session:
        blobs.put(get_samples(session, dataset)[position].image_key, b"no image")


def test_a_job_whose_features_come_from_chunks_has_the_same_results(
    engine: Engine,
    dataset: Dataset,
    blobs: ObjectBlobStore,
    messages: list[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job_id = start(engine, dataset)
    job, planned = read_job(engine, job_id), read_chunks(engine)
    assert (job.status, job.lease_until, job.attempt) == (WorkStatus.RUNNING, None, 0)
    assert [chunk.progress_total for chunk in planned] == [CHUNK, CHUNK, CHUNK, NUM_SAMPLES - 3 * CHUNK]
    work_off(messages)
    assert read_job(engine, job_id).status is WorkStatus.SUCCEEDED, read_job(engine, job_id).error
    assert read_job(engine, job_id).attempt == 1
    assert {chunk.attempt for chunk in read_chunks(engine)} == {1}

    with monkeypatch.context() as patch:
        patch.setattr(hand_over, "has_several_workers", lambda: False)
        with session_scope(engine) as session:
            chunks.delete_chunks(session, job_id)
        other = queue_job(engine, dataset, SMALL)
        blobs.delete_prefix(features_prefix(dataset.id))
        train.run(other)
    assert read_chunks(engine) == []
    assert comparable(read_results(engine, other)) == comparable(read_results(engine, job_id))


def test_a_run_that_compares_features_waits_twice(
    engine: Engine, dataset: Dataset, messages: list[tuple[str, str]]
) -> None:
    """First for the images that decide. Here these are all, so nothing is left for the chosen features."""
    job_id = start(engine, dataset, SMALL | {"backbone": "auto"})
    assert read_job(engine, job_id).progress_note == "choosing features"
    work_off(messages)
    assert read_job(engine, job_id).status is WorkStatus.SUCCEEDED
    assert len(read_chunks(engine)) == 4


def test_progress_is_that_of_all_chunks(
    engine: Engine, dataset: Dataset, messages: list[tuple[str, str]]
) -> None:
    job_id = start(engine, dataset)
    for _ in range(2):
        feature_chunk.run(messages.pop(0)[1])
    job = read_job(engine, job_id)
    assert (job.progress_done, job.progress_total) == (2 * CHUNK, NUM_SAMPLES)
    assert job.progress_note == "extracting features"
    assert job.progress_rate is not None


def test_labels_stay_those_of_the_start(
    engine: Engine, dataset: Dataset, messages: list[tuple[str, str]]
) -> None:
    """An image that is marked as unusable meanwhile would change the filters of patch features."""
    job_id = start(engine, dataset)
    with session_scope(engine) as session:
        verify(session, get_samples(session, dataset)[-1].id, Verdict.UNUSABLE)
    work_off(messages)
    assert len(read_results(engine, job_id)) == NUM_SAMPLES


def test_a_waiting_job_is_cancelled_at_once(
    engine: Engine, dataset: Dataset, messages: list[tuple[str, str]], blobs: ObjectBlobStore
) -> None:
    job_id = start(engine, dataset)
    with session_scope(engine) as session:
        assert lifecycle.request_cancel(session, Job, job_id).status is WorkStatus.CANCELLED
    feature_chunk.run(messages[0][1])
    assert read_chunks(engine)[0].status is WorkStatus.CANCELLED
    sweep.sweep(engine, utc_now())
    assert read_chunks(engine) == []
    assert list(blobs.keys(checkpoint_key(dataset.id, job_id))) == []
    work_off(messages)
    assert read_job(engine, job_id).status is WorkStatus.CANCELLED


@pytest.mark.usefixtures("messages")
def test_a_job_that_was_cancelled_before_it_waits_does_not_wait(
    engine: Engine, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = queue_job(engine, dataset, SMALL)

    def cancel(_name: str, args: list[str]) -> None:
        with session_scope(engine) as session:
            lifecycle.request_cancel(session, Job, job_id)

    monkeypatch.setattr(app, "send_task", cancel)
    train.run(job_id)
    assert read_job(engine, job_id).status is WorkStatus.CANCELLED


def test_a_damaged_image_fails_the_job_with_its_position(
    engine: Engine, dataset: Dataset, messages: list[tuple[str, str]], blobs: ObjectBlobStore
) -> None:
    job_id = start(engine, dataset, SMALL | {"backbone": "pretrained"})
    damage_image(engine, blobs, dataset, 40)
    work_off(messages)
    job = read_job(engine, job_id)
    assert job.status is WorkStatus.FAILED
    assert job.error is not None
    assert job.error["code"] == "damaged_images"
    assert "first number 41 of the dataset" in job.error["detail"]
    sweep.sweep(engine, utc_now())
    assert read_chunks(engine) == []


def test_the_sweep_wakes_a_job_whose_wake_up_was_lost(
    engine: Engine, dataset: Dataset, messages: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = start(engine, dataset)
    with monkeypatch.context() as patch:
        patch.setattr(feature_chunk, "settle", lambda *_: None)
        work_off(messages)
    assert read_job(engine, job_id).lease_until is None
    sweep.sweep(engine, utc_now())
    assert messages == [("train.run", job_id)]
    work_off(messages)
    assert read_job(engine, job_id).status is WorkStatus.SUCCEEDED


def test_of_lost_messages_the_sweep_sends_the_first(
    engine: Engine, dataset: Dataset, messages: list[tuple[str, str]], settings: Settings
) -> None:
    start(engine, dataset)
    messages.clear()
    sweep.sweep(engine, utc_now() + timedelta(seconds=settings.resend_seconds))
    assert messages == [("features.run", read_chunks(engine)[0].id)]


def test_a_chunk_that_ended_before_the_job_waited_wakes_it(
    engine: Engine, dataset: Dataset, messages: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chunks are sent before the job's row says that it waits."""

    def run_at_once(name: str, args: list[str]) -> None:
        if name == "features.run":
            TASKS[name](args[0])
        else:
            messages.append((name, args[0]))

    with monkeypatch.context() as patch:
        patch.setattr(app, "send_task", run_at_once)
        job_id = start(engine, dataset)
    assert messages == [("train.run", job_id)]
    work_off(messages)
    assert read_job(engine, job_id).status is WorkStatus.SUCCEEDED


def test_features_that_vanished_are_extracted_by_the_job_itself(
    engine: Engine, dataset: Dataset, messages: list[tuple[str, str]], blobs: ObjectBlobStore
) -> None:
    job_id = start(engine, dataset)
    while messages[0][0] == "features.run":
        feature_chunk.run(messages.pop(0)[1])
    blobs.delete_prefix(features_prefix(dataset.id))
    work_off(messages)
    assert read_job(engine, job_id).status is WorkStatus.SUCCEEDED
    assert len(read_chunks(engine)) == 4


def test_few_images_are_no_task_of_their_own(
    engine: Engine, dataset: Dataset, messages: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extraction, "CHUNK", NUM_SAMPLES)
    assert read_job(engine, start(engine, dataset)).status is WorkStatus.SUCCEEDED
    assert messages == []
    assert read_chunks(engine) == []
