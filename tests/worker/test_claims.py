"""How a row ends, depending on what happens to its task."""

import errno
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from types import FrameType

import billiard.common
import pytest
from kombu.exceptions import OperationalError as BrokerError
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from mslg_core.errors import InputError
from store.database.columns import utc_now
from store.database.engine import session_scope
from store.errors import BlobNotFoundError, StorageError
from store.infrastructure.blobs import ObjectBlobStore
from store.models import Job, WorkStatus
from store.settings import Settings
from store.tasks import lifecycle
from tests.factories import make_dataset, make_job
from worker.claims import Claim, carry_out

pytestmark = pytest.mark.usefixtures("in_process")


@pytest.fixture
def job_id(engine: Engine, blobs: ObjectBlobStore) -> str:
    with session_scope(engine) as session:
        return make_job(session, make_dataset(session, blobs, num_samples=3)).id


def read(engine: Engine, job_id: str) -> Job:
    with session_scope(engine, read_only=True) as session:
        return lifecycle.get(session, Job, job_id)


def finish(claim: Claim[Job]) -> None:
    with claim.writing() as session:
        lifecycle.finish(session, Job, claim.id, claim.attempt)


def test_a_task_is_run_once(engine: Engine, job_id: str) -> None:
    done: list[int] = []

    def do(claim: Claim[Job]) -> None:
        done.append(claim.attempt)
        carry_out(Job, job_id, do, title="")  # a duplicate message while the task runs
        finish(claim)

    for _ in range(2):
        carry_out(Job, job_id, do, title="")
    assert done == [1]
    assert read(engine, job_id).status is WorkStatus.SUCCEEDED


def test_bad_input_is_reported_to_the_user(engine: Engine, job_id: str) -> None:
    def do(_: Claim[Job]) -> None:
        raise InputError("One class only: a second one is needed.")

    carry_out(Job, job_id, do, title="The training cannot be run")
    row = read(engine, job_id)
    assert row.status is WorkStatus.FAILED
    assert row.error == {
        "code": InputError.code,
        "title": "The training cannot be run",
        "detail": "One class only: a second one is needed.",
    }


def test_an_internal_error_shows_no_details(engine: Engine, job_id: str) -> None:
    failed: list[str] = []

    def do(claim: Claim[Job]) -> None:
        with claim.writing(lifecycle.Progress(1, 2, "half way")):
            raise RuntimeError("secret path")

    def on_failure(_: Session, work_id: str) -> None:
        failed.append(work_id)

    carry_out(Job, job_id, do, title="", on_failure=on_failure)
    row = read(engine, job_id)
    assert row.status is WorkStatus.FAILED
    assert row.error is not None
    assert row.error["code"] == "internal_error"
    assert "secret" not in str(row.error)
    assert row.progress_done == 0  # the failed transaction was rolled back
    assert failed == [job_id]


PASSING = [
    OperationalError("SELECT 1", {}, Exception("server closed the connection")),
    StorageError("No space left on device"),
    BrokerError("Connection refused"),
    OSError(errno.ENOSPC, "No space left on device"),
]


@pytest.mark.parametrize("error", PASSING, ids=repr)
def test_a_task_survives_a_fault_of_what_it_depends_on(
    engine: Engine, job_id: str, settings: Settings, error: Exception
) -> None:
    def do(_: Claim[Job]) -> None:
        raise error

    for attempt in range(1, settings.max_attempts):
        carry_out(Job, job_id, do, title="The training cannot be run")
        row = read(engine, job_id)
        assert (row.status, row.attempt, row.error) == (WorkStatus.QUEUED, attempt, None)
    carry_out(Job, job_id, do, title="The training cannot be run")
    row = read(engine, job_id)
    assert row.status is WorkStatus.FAILED
    assert row.error is not None
    assert row.error["code"] == "failed_too_often"
    assert "mslg doctor" in row.error["detail"]


def test_a_task_is_queued_by_the_sweep_if_the_database_does_not_come_back(
    engine: Engine, job_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def do(_: Claim[Job]) -> None:
        monkeypatch.setattr("worker.claims.session_scope", broken)
        raise PASSING[0]

    def broken(*_: object, **__: object) -> object:
        raise PASSING[0]

    carry_out(Job, job_id, do, title="")
    assert read(engine, job_id).status is WorkStatus.RUNNING
    with session_scope(engine) as session:
        later = utc_now() + timedelta(hours=1)
        assert lifecycle.requeue_expired(session, Job, later).requeued == [job_id]


def test_a_cancelled_task_stops_at_its_next_report(engine: Engine, job_id: str) -> None:
    def do(claim: Claim[Job]) -> None:
        claim.report(lifecycle.Progress(1))
        with session_scope(engine) as session:
            lifecycle.request_cancel(session, Job, job_id)
        claim.report(lifecycle.Progress(2))
        raise AssertionError("the report did not stop the work")

    carry_out(Job, job_id, do, title="")
    row = read(engine, job_id)
    assert row.status is WorkStatus.CANCELLED
    assert row.progress_done == 2


def test_the_lease_is_extended_while_the_task_runs(engine: Engine, job_id: str, settings: Settings) -> None:
    def do(claim: Claim[Job]) -> None:
        time.sleep(settings.lease_seconds + 0.5)
        with session_scope(engine) as session:
            assert lifecycle.requeue_expired(session, Job, utc_now()) == lifecycle.Expired([], [], [])
        finish(claim)

    carry_out(Job, job_id, do, title="")
    assert read(engine, job_id).status is WorkStatus.SUCCEEDED


def test_a_superseded_worker_writes_nothing(engine: Engine, job_id: str) -> None:
    def do(claim: Claim[Job]) -> None:
        with session_scope(engine) as session:
            lifecycle.requeue_expired(session, Job, utc_now() + timedelta(hours=1))
            assert lifecycle.claim(session, Job, job_id, timedelta(minutes=1)) == 2
        with claim.writing(lifecycle.Progress(99)):
            raise AssertionError("a superseded worker opened a transaction")

    carry_out(Job, job_id, do, title="")
    row = read(engine, job_id)
    assert (row.status, row.attempt, row.progress_done) == (WorkStatus.RUNNING, 2, 0)


def stopped(fault: type[Exception] | None) -> Callable[[Claim[Job]], None]:
    """A task whose worker is told to stop in compiled code, which raises `fault` instead, or nothing."""

    def do(claim: Claim[Job]) -> None:
        os.kill(os.getpid(), signal.SIGUSR1)
        if fault is not None:
            raise fault("SystemExit: -253")
        finish(claim)

    return do


@pytest.fixture
def stop_signal() -> Iterator[None]:
    """SIGUSR1 acts on this process as on a child of the pool, but the `SystemExit` is swallowed."""

    def swallow(number: int, frame: FrameType | None) -> None:
        with suppress(SystemExit):
            billiard.common._shutdown_cleanup(number, frame)

    before = signal.signal(signal.SIGUSR1, swallow)
    yield
    signal.signal(signal.SIGUSR1, before)
    billiard.common.clear_terminate_handler_fired()


@pytest.mark.usefixtures("stop_signal")
@pytest.mark.parametrize("fault", [ValueError, InputError, None])
def test_a_worker_releases_its_task_if_the_interruption_was_swallowed(
    engine: Engine, job_id: str, fault: type[Exception] | None
) -> None:
    with pytest.raises(SystemExit):
        carry_out(Job, job_id, stopped(fault), title="")
    with session_scope(engine) as session:
        assert lifecycle.requeue_expired(session, Job, utc_now()).requeued == [job_id]
    assert read(engine, job_id).error is None


def test_a_worker_that_is_told_to_stop_releases_its_task(engine: Engine, job_id: str) -> None:
    def do(_: Claim[Job]) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        carry_out(Job, job_id, do, title="")
    with session_scope(engine) as session:
        assert lifecycle.requeue_expired(session, Job, utc_now()).requeued == [job_id]


def test_a_missing_file_is_named_by_its_meaning(engine: Engine, job_id: str) -> None:
    def do(_claim: Claim[Job]) -> None:
        raise BlobNotFoundError("datasets/abc/images/0123")

    carry_out(Job, job_id, do, title="The training cannot be run")
    error = read(engine, job_id).error
    assert error is not None
    assert (error["code"], error["title"]) == ("blob_not_found", "A stored file is missing")
    assert "upload it again" in error["detail"]
    assert "0123" not in error["detail"]
