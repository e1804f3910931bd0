"""Several real workers extract the features of one job."""

import re
import signal
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore, features_prefix
from store.models import Dataset, FeatureChunk, Job, WorkStatus
from store.settings import Settings
from store.tasks import lifecycle
from tests.factories import make_dataset, verify_given
from tests.worker.processes import StartWorker, wait_for, wait_until_ended
from tests.worker.training_jobs import comparable, queue_job, read_results
from worker.tasks import train
from worker.training import hand_over

SMALL = {
    "epochs": 2,
    "warmup_epochs": 1,
    "backbone": "pretrained",
    "image_size": 32,
    "horizontal_flip": False,
}
NUM_IMAGES, NUM_CHUNKS = 1_600, 4

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Patience for three workers that start on a busy machine: no lease ends, few messages are repeated."""
    return settings.model_copy(update={"lease_seconds": 10.0, "resend_seconds": 20.0})


@pytest.fixture
def dataset(engine: Engine, blobs: ObjectBlobStore) -> Dataset:
    """Images for four chunks, the last one small."""
    with session_scope(engine) as session:
        dataset = make_dataset(session, blobs, num_samples=NUM_IMAGES)
        verify_given(session, dataset, per_class=3)
        return dataset


def count_chunks(engine: Engine, status: WorkStatus) -> int:
    with session_scope(engine, read_only=True) as session:
        statement = select(func.count()).select_from(FeatureChunk)
        return session.scalar(statement.where(FeatureChunk.status == status)) or 0


def count_claims(log: Path) -> int:
    """How often a worker has begun with a chunk."""
    return len(re.findall(r"claimed.*FeatureChunk", log.read_text()))


@pytest.mark.usefixtures("in_process")
def test_several_workers_find_the_features_of_one_to_the_bit(  # noqa: PLR0917 - both ways to run
    engine: Engine,
    dataset: Dataset,
    blobs: ObjectBlobStore,
    settings: Settings,
    start_worker: StartWorker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The embedded service has one worker: there, a job extracts all features itself."""
    with monkeypatch.context() as patch:
        patch.setattr(hand_over, "has_several_workers", lambda: False)
        train.run(alone := queue_job(engine, dataset, SMALL))
    blobs.delete_prefix(features_prefix(dataset.id))
    start_worker("cpu")
    start_worker("gpu")
    start_worker("gpu")
    job = wait_until_ended(engine, Job, job_id := queue_job(engine, dataset, SMALL))
    assert (job.status, job.attempt) == (WorkStatus.SUCCEEDED, 1), job.error
    assert count_claims(tmp_path / "worker.log") == (NUM_CHUNKS if settings.broker_url else 0)
    assert comparable(read_results(engine, job_id)) == comparable(read_results(engine, alone))


@pytest.mark.parametrize("settings", ["production"], indirect=True)
class TestWithRedis:
    """The embedded service has no second worker."""

    def test_a_killed_worker_costs_one_chunk(
        self, engine: Engine, dataset: Dataset, start_worker: StartWorker, tmp_path: Path
    ) -> None:
        start_worker("cpu")
        workers = [start_worker("gpu") for _ in range(2)]
        job_id = queue_job(engine, dataset, SMALL)
        wait_for(engine, Job, job_id, lambda _: count_chunks(engine, WorkStatus.RUNNING) == len(workers))
        workers[0].send_signal(signal.SIGKILL)
        job = wait_until_ended(engine, Job, job_id)
        assert (job.status, job.attempt) == (WorkStatus.SUCCEEDED, 1), job.error
        assert count_claims(tmp_path / "worker.log") == NUM_CHUNKS + 1

    def test_a_waiting_job_is_cancelled_and_its_chunks_with_it(
        self, engine: Engine, dataset: Dataset, start_worker: StartWorker
    ) -> None:
        start_worker("cpu")
        start_worker("gpu")
        job_id = queue_job(engine, dataset, SMALL)
        wait_for(engine, Job, job_id, lambda _: count_chunks(engine, WorkStatus.RUNNING) == 1)
        with session_scope(engine) as session:
            assert lifecycle.request_cancel(session, Job, job_id).status is WorkStatus.CANCELLED
        wait_for(engine, Job, job_id, lambda _: not any(count_chunks(engine, each) for each in WorkStatus))
