"""Feature chunks: planned once, sent a window at a time, settled when the last one has ended."""

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import Engine, select

from store.database.columns import utc_now
from store.database.engine import session_scope
from store.models import Dataset, FeatureChunk, Job, WorkStatus
from store.tasks import chunks, lifecycle

LEASE = timedelta(seconds=30)
RECIPE = {"choices": [["patches", False]]}
POSITIONS = np.arange(3)
CONTENTS = np.array([b"a" * 32, b"b" * 31 + b"\0", b"c" * 32], dtype="S32")
PROBLEM: lifecycle.Problem = {"code": "broken", "title": "It broke", "detail": "Repair it."}


@pytest.fixture
def job_id(engine: Engine) -> str:
    """The id of a job that a worker has claimed."""
    with session_scope(engine) as session:
        dataset = Dataset(name="animals")
        session.add(dataset)
        session.flush()
        job = Job(dataset_id=dataset.id, config={})
        session.add(job)
        session.flush()
        lifecycle.claim(session, Job, job.id, LEASE)
        return job.id


def plan(engine: Engine, job_id: str, number: int) -> list[str] | None:
    with session_scope(engine) as session:
        return chunks.plan(session, job_id, RECIPE, [(POSITIONS, CONTENTS)] * number)


def wait(engine: Engine, job_id: str) -> None:
    with session_scope(engine) as session:
        lifecycle.wait(session, Job, job_id, 1)


def read(engine: Engine) -> list[FeatureChunk]:
    with session_scope(engine, read_only=True) as session:
        return list(session.scalars(select(FeatureChunk).order_by(FeatureChunk.number)))


def end(engine: Engine, chunk_id: str, problem: lifecycle.Problem | None = None) -> None:
    with session_scope(engine) as session:
        lifecycle.claim(session, FeatureChunk, chunk_id, LEASE)
        if problem:
            lifecycle.fail(session, FeatureChunk, chunk_id, 1, problem)
        else:
            lifecycle.finish(session, FeatureChunk, chunk_id, 1, progress_done=len(POSITIONS))


def settle(engine: Engine, job_id: str) -> bool:
    with session_scope(engine) as session:
        return chunks.settle(session, job_id, utc_now() + timedelta(seconds=1))


def test_a_recipe_is_planned_once(engine: Engine, job_id: str) -> None:
    planned = plan(engine, job_id, 2)
    assert planned == [chunk.id for chunk in read(engine)]
    assert plan(engine, job_id, 2) == []
    assert len(read(engine)) == 2
    positions, contents = chunks.unpack(read(engine)[0].images)
    assert positions.tolist() == POSITIONS.tolist()
    assert contents.tobytes() == CONTENTS.tobytes()
    for chunk_id in planned or ():
        end(engine, chunk_id)
    assert plan(engine, job_id, 2) is None


def test_a_window_of_messages_is_under_way(engine: Engine, job_id: str) -> None:
    planned = plan(engine, job_id, chunks.WINDOW + 1)
    assert planned is not None
    assert len(planned) == chunks.WINDOW
    first, *rest = read(engine)
    with session_scope(engine, read_only=True) as session:
        assert chunks.find_next(session, first) == rest[-1].id
        assert chunks.find_next(session, rest[0]) is None


def test_a_job_is_woken_after_its_last_chunk(engine: Engine, job_id: str) -> None:
    first, second = plan(engine, job_id, 2) or []
    wait(engine, job_id)
    end(engine, first)
    assert not settle(engine, job_id)
    with session_scope(engine, read_only=True) as session:
        job = lifecycle.get(session, Job, job_id)
    assert (job.progress_done, job.progress_total) == (len(POSITIONS), 2 * len(POSITIONS))
    assert job.progress_rate is not None
    end(engine, second)
    assert settle(engine, job_id)
    assert not settle(engine, job_id)


def test_a_running_job_is_not_settled(engine: Engine, job_id: str) -> None:
    (chunk,) = plan(engine, job_id, 1) or []
    end(engine, chunk)
    assert not settle(engine, job_id)
    wait(engine, job_id)
    assert settle(engine, job_id)


def test_a_failed_chunk_fails_the_job(engine: Engine, job_id: str) -> None:
    first, _ = plan(engine, job_id, 2) or []
    wait(engine, job_id)
    end(engine, first, PROBLEM)
    assert not settle(engine, job_id)
    with session_scope(engine) as session:
        job = lifecycle.get(session, Job, job_id)
        assert (job.status, job.error) == (WorkStatus.FAILED, PROBLEM)
        assert [row.id for row in chunks.find_ended_jobs(session)] == [job_id]
        chunks.delete_chunks(session, job_id)
        assert chunks.find_ended_jobs(session) == []


def test_only_the_first_queued_chunk_is_sent_again(engine: Engine, job_id: str) -> None:
    first, second, _ = plan(engine, job_id, 3) or []
    end(engine, first)
    with session_scope(engine) as session:
        later = utc_now() + timedelta(seconds=1)
        stale = lifecycle.stale_queued(session, FeatureChunk, later, chunks.is_next_of_job())
    assert stale == [second]
