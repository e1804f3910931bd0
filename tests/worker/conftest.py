"""Workers for tests: the tasks' functions in this process, or real processes that can be killed."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import torch
from sqlalchemy import Engine

from store.database.engine import make_engine, session_scope
from store.infrastructure.blobs import ObjectBlobStore, archive_key
from store.models import Dataset, DatasetStatus, Ingest
from store.settings import Settings, get_settings
from tests.factories import make_dataset, verify_given
from tests.servers import child_process
from tests.worker.processes import StartWorker
from tests.worker.training_jobs import NUM_SAMPLES
from worker import resources

ROOT = Path(__file__).parents[2]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings with short leases and sweeps, so that the tests need not wait half a minute."""
    hurried = {"lease_seconds": 2.0, "heartbeat_seconds": 0.5, "sweep_seconds": 0.5, "resend_seconds": 1.0}
    return settings.model_copy(update=hurried)


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    """Environment variables that give a process these `settings`."""
    values = settings.model_dump(exclude_none=True, exclude={"api_token"})
    return {f"MSLG_{name.upper()}": str(value) for name, value in values.items()}


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """An engine on the database of `settings`."""
    engine = make_engine(settings.resolved_database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def in_process(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, blobs: ObjectBlobStore
) -> Iterator[None]:
    """Let `carry_out` work in this process on the test's database and blobs."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    cached = (
        get_settings,
        resources.get_engine,
        resources.get_blobs,
        resources.get_partials,
        resources.get_cipher,
    )
    for function in cached:
        function.cache_clear()
    yield
    resources.get_engine().dispose()
    for function in cached:
        function.cache_clear()


@pytest.fixture
def start_worker(environment: dict[str, str], tmp_path: Path) -> Iterator[StartWorker]:
    """Start real workers; all end with the test. Their log is `worker.log` in `tmp_path`."""
    with ExitStack() as stack:

        def start(*queues: str) -> subprocess.Popen[bytes]:
            command = [str(ROOT / "mslg_cli.py"), "worker", "--queues", ",".join(queues)]
            variables = {**os.environ, **environment, "OMP_NUM_THREADS": "1"}
            log = tmp_path / "worker.log"
            return stack.enter_context(child_process([sys.executable, *command], log, environment=variables))

        yield start


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Train on one thread: networks this small are slower on several."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def dataset(engine: Engine, blobs: ObjectBlobStore) -> Dataset:
    """Sixty samples of three classes in turn, three of each verified."""
    with session_scope(engine) as session:
        dataset = make_dataset(session, blobs, num_samples=NUM_SAMPLES)
        verify_given(session, dataset, per_class=3)
        return dataset


@pytest.fixture
def upload(engine: Engine, blobs: ObjectBlobStore) -> Callable[..., str]:
    """Store an archive as the API does; return the id of the ingest."""

    def upload(data: bytes, dataset_id: str | None = None) -> str:
        with session_scope(engine) as session:
            if dataset_id is None:
                dataset = Dataset(name="animals", status=DatasetStatus.INGESTING)
                session.add(dataset)
                session.flush()
                dataset_id = dataset.id
            row = Ingest(dataset_id=dataset_id, archive_key="", size_bytes=len(data))
            session.add(row)
            session.flush()
            row.archive_key = archive_key(dataset_id, row.id)
            blobs.put(row.archive_key, data)
            return row.id

    return upload
