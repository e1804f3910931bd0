"""Tasks are claimed once, kept by heartbeats, and re-queued; a superseded worker writes nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from store.database.columns import utc_now
from store.database.engine import session_scope
from store.errors import AlreadyEndedError, NotFoundError, SupersededError
from store.models import Dataset, Job, WorkStatus
from store.tasks import lifecycle

LEASE = timedelta(seconds=30)
PROBLEM: lifecycle.Problem = {"code": "broken", "title": "It broke", "detail": "Repair it."}


@pytest.fixture
def job_id(engine: Engine) -> str:
    """The id of a queued job."""
    with session_scope(engine) as session:
        dataset = Dataset(name="animals")
        session.add(dataset)
        session.flush()
        job = Job(dataset_id=dataset.id, config={})
        session.add(job)
        session.flush()
        return job.id


def read(engine: Engine, job_id: str) -> Job:
    with session_scope(engine, read_only=True) as session:
        return lifecycle.get(session, Job, job_id)


def claim(engine: Engine, job_id: str) -> int | None:
    with session_scope(engine) as session:
        return lifecycle.claim(session, Job, job_id, LEASE)


def test_a_claim_succeeds_once(engine: Engine, job_id: str) -> None:
    assert claim(engine, job_id) == 1
    assert claim(engine, job_id) is None

    job = read(engine, job_id)
    assert job.status is WorkStatus.RUNNING
    assert job.started_at is not None
    assert job.lease_until is not None
    assert job.lease_until > utc_now()


def test_one_of_many_workers_gets_the_task(engine: Engine, job_id: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        attempts = list(pool.map(lambda _: claim(engine, job_id), range(8)))
    assert [attempt for attempt in attempts if attempt] == [1]


def test_an_unknown_task_cannot_be_claimed(engine: Engine) -> None:
    assert claim(engine, "no such job") is None


def test_a_heartbeat_stores_progress_and_reports_a_cancel_request(engine: Engine, job_id: str) -> None:
    claim(engine, job_id)
    progress = lifecycle.Progress(3, 10, "epoch 3", 2.5)
    with session_scope(engine) as session:
        assert not lifecycle.heartbeat(session, Job, job_id, 1, lease=LEASE, progress=progress)
    job = read(engine, job_id)
    assert (job.progress_done, job.progress_total, job.progress_note, job.progress_rate) == progress

    with session_scope(engine) as session:
        lifecycle.request_cancel(session, Job, job_id)
    with session_scope(engine) as session:
        assert lifecycle.heartbeat(session, Job, job_id, 1, lease=LEASE)
    assert read(engine, job_id).progress_done == 3


def test_finish_sets_columns_and_status(engine: Engine, job_id: str) -> None:
    claim(engine, job_id)
    with session_scope(engine) as session:
        lifecycle.finish(session, Job, job_id, 1, summary={"num_samples": 3})
    job = read(engine, job_id)
    assert job.status is WorkStatus.SUCCEEDED
    assert job.summary == {"num_samples": 3}
    assert job.finished_at is not None
    assert job.lease_until is None


def test_fail_stores_the_problem(engine: Engine, job_id: str) -> None:
    claim(engine, job_id)
    with session_scope(engine) as session:
        lifecycle.fail(session, Job, job_id, 1, PROBLEM)
    job = read(engine, job_id)
    assert job.status is WorkStatus.FAILED
    assert job.error == PROBLEM


def test_a_queued_task_is_cancelled_at_once(engine: Engine, job_id: str) -> None:
    with session_scope(engine) as session:
        assert lifecycle.request_cancel(session, Job, job_id).status is WorkStatus.CANCELLED
    assert read(engine, job_id).finished_at is not None
    assert claim(engine, job_id) is None


def test_a_running_task_is_cancelled_by_its_worker(engine: Engine, job_id: str) -> None:
    claim(engine, job_id)
    for _ in range(2):
        with session_scope(engine) as session:
            job = lifecycle.request_cancel(session, Job, job_id)
        assert job.status is WorkStatus.RUNNING
        assert job.cancel_requested
    with session_scope(engine) as session:
        lifecycle.cancel(session, Job, job_id, 1)
    assert read(engine, job_id).status is WorkStatus.CANCELLED


def test_an_ended_task_cannot_be_cancelled(engine: Engine, job_id: str) -> None:
    claim(engine, job_id)
    with session_scope(engine) as session:
        lifecycle.finish(session, Job, job_id, 1)
    with pytest.raises(AlreadyEndedError, match="already succeeded"), session_scope(engine) as session:
        lifecycle.request_cancel(session, Job, job_id)


def test_an_unknown_task_is_not_found(engine: Engine) -> None:
    with pytest.raises(NotFoundError, match="no job nothing"), session_scope(engine) as session:
        lifecycle.request_cancel(session, Job, "nothing")
    with pytest.raises(NotFoundError), session_scope(engine) as session:
        lifecycle.get(session, Job, "nothing")


def test_a_lost_task_is_re_queued_and_its_old_worker_superseded(engine: Engine, job_id: str) -> None:
    claim(engine, job_id)
    with session_scope(engine) as session:
        expired = lifecycle.requeue_expired(session, Job, utc_now() + 2 * LEASE)
    assert expired.requeued == [job_id]
    assert claim(engine, job_id) == 2

    with session_scope(engine) as session:
        for write in (
            lambda: lifecycle.heartbeat(session, Job, job_id, 1, lease=LEASE),
            lambda: lifecycle.finish(session, Job, job_id, 1),
            lambda: lifecycle.fail(session, Job, job_id, 1, PROBLEM),
            lambda: lifecycle.cancel(session, Job, job_id, 1),
        ):
            with pytest.raises(SupersededError):
                write()
    job = read(engine, job_id)
    assert job.status is WorkStatus.RUNNING
    assert job.attempt == 2


def test_a_valid_lease_is_kept(engine: Engine, job_id: str) -> None:
    claim(engine, job_id)
    with session_scope(engine) as session:
        assert lifecycle.requeue_expired(session, Job, utc_now()) == lifecycle.Expired([], [], [])


def test_a_lost_task_with_a_cancel_request_is_cancelled(engine: Engine, job_id: str) -> None:
    claim(engine, job_id)
    with session_scope(engine) as session:
        lifecycle.request_cancel(session, Job, job_id)
    with session_scope(engine) as session:
        expired = lifecycle.requeue_expired(session, Job, utc_now() + 2 * LEASE)
    assert expired.cancelled == [job_id]
    assert claim(engine, job_id) is None


def test_a_task_that_is_lost_too_often_fails(engine: Engine, job_id: str) -> None:
    for _ in range(2):
        claim(engine, job_id)
        with session_scope(engine) as session:
            expired = lifecycle.requeue_expired(session, Job, utc_now() + 2 * LEASE, max_attempts=2)
    assert expired.failed == [job_id]
    job = read(engine, job_id)
    assert job.status is WorkStatus.FAILED
    assert job.error == lifecycle.LOST_TOO_OFTEN


def test_stale_messages_are_sent_again_once_per_period(engine: Engine, job_id: str) -> None:
    with session_scope(engine) as session:
        assert lifecycle.stale_queued(session, Job, utc_now() - LEASE) == []
    with session_scope(engine) as session:
        assert lifecycle.stale_queued(session, Job, utc_now()) == [job_id]
    with session_scope(engine) as session:
        assert lifecycle.stale_queued(session, Job, utc_now() - timedelta(seconds=5)) == []
    claim(engine, job_id)
    with session_scope(engine) as session:
        assert lifecycle.stale_queued(session, Job, utc_now()) == []


def wait(engine: Engine, job_id: str, attempt: int = 1) -> None:
    with session_scope(engine) as session:
        lifecycle.wait(session, Job, job_id, attempt)


def test_a_task_that_waits_is_nobodys_and_woken_once(engine: Engine, job_id: str) -> None:
    claim(engine, job_id)
    wait(engine, job_id)
    job = read(engine, job_id)
    assert (job.status, job.lease_until, job.attempt) == (WorkStatus.RUNNING, None, 0)
    assert claim(engine, job_id) is None
    with session_scope(engine) as session:
        lost = lifecycle.requeue_expired(session, Job, utc_now() + timedelta(days=1))
        assert lost == lifecycle.Expired([], [], [])
        assert not lifecycle.wake(session, Job, job_id, Job.dataset_id == "another")
        assert lifecycle.wake(session, Job, job_id)
        assert not lifecycle.wake(session, Job, job_id)
    assert claim(engine, job_id) == 1


def test_a_superseded_worker_does_not_end_the_wait_of_its_successor(engine: Engine, job_id: str) -> None:
    """Attempt 2 gives its number back, so that the row has the number of the first, lost attempt."""
    claim(engine, job_id)
    with session_scope(engine) as session:
        lifecycle.requeue_expired(session, Job, utc_now() + 2 * LEASE)
    assert claim(engine, job_id) == 2
    wait(engine, job_id, 2)
    with session_scope(engine) as session, pytest.raises(SupersededError):
        lifecycle.heartbeat(session, Job, job_id, 1, lease=LEASE)
    with session_scope(engine) as session, pytest.raises(SupersededError):
        lifecycle.wait(session, Job, job_id, 1)


def test_a_task_that_waits_is_cancelled_at_once(engine: Engine, job_id: str) -> None:
    claim(engine, job_id)
    wait(engine, job_id)
    with session_scope(engine) as session:
        job = lifecycle.request_cancel(session, Job, job_id)
    assert job.status is WorkStatus.CANCELLED
    assert job.finished_at is not None


def test_only_a_task_that_waits_fails_from_outside(engine: Engine, job_id: str) -> None:
    claim(engine, job_id)
    with session_scope(engine) as session:
        lifecycle.fail_waiting(session, Job, job_id, PROBLEM)
    assert read(engine, job_id).status is WorkStatus.RUNNING
    wait(engine, job_id)
    with session_scope(engine) as session:
        lifecycle.fail_waiting(session, Job, job_id, PROBLEM)
    job = read(engine, job_id)
    assert (job.status, job.error) == (WorkStatus.FAILED, PROBLEM)
