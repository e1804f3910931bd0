"""Wakes jobs that wait for their feature chunks, and deletes the chunks of those that have ended."""

from datetime import datetime

from sqlalchemy import Engine

from store.database.engine import session_scope
from store.tasks import chunks
from worker.app import app
from worker.resources import get_blobs
from worker.training.checkpoints import discard


def settle(engine: Engine, job_id: str, now: datetime) -> None:
    """Store the job's progress. Queue it again if it waits and all of its chunks have ended."""
    with session_scope(engine) as session:
        queued = chunks.settle(session, job_id, now)
    if queued:
        app.send_task("train.run", args=[job_id])


def settle_all(engine: Engine, now: datetime) -> None:
    """Settle all jobs that wait; delete chunks and checkpoints of those that ended without a worker."""
    with session_scope(engine, read_only=True) as session:
        waiting, ended = chunks.find_waiting_jobs(session), chunks.find_ended_jobs(session)
    for job_id in waiting:
        settle(engine, job_id, now)
    for job in ended:
        discard(get_blobs(), job.dataset_id, job.id)
        with session_scope(engine) as session:
            chunks.delete_chunks(session, job.id)
