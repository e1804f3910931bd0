"""Feature chunks: parts of a job's images whose features any worker extracts while the job waits.

`plan` stores them, `settle` wakes the job once none is left. Only `WINDOW` messages of a job are under way at
a time, so that other tasks need not wait for all of its chunks.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Row, delete, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from store.database.columns import JsonObject
from store.models import FeatureChunk, Job, WorkStatus
from store.tasks import lifecycle

WINDOW = 16
DIGEST_BYTES = 32
UNFINISHED = (WorkStatus.QUEUED, WorkStatus.RUNNING)

Positions = NDArray[np.int64]
Contents = NDArray[np.bytes_]


def plan(
    session: Session, job_id: str, recipe: JsonObject, parts: Sequence[tuple[Positions, Contents]]
) -> list[str] | None:
    """Store a chunk for each part: positions int64 [n] and SHA-256 digests [n] of its images. Return the ids
    of those to send now.

    A recipe that the job had before is not planned again: none are to be sent while the job has chunks to
    wait for, and None is returned after that.
    """
    recipes = session.scalars(select(FeatureChunk.recipe).where(FeatureChunk.job_id == job_id).distinct())
    if recipe in recipes.all():
        return [] if _is_waited_for(session, job_id) else None
    first = session.scalar(select(func.count()).where(FeatureChunk.job_id == job_id)) or 0
    rows = [
        FeatureChunk(
            job_id=job_id,
            number=first + index,
            recipe=recipe,
            images=positions.tobytes() + contents.tobytes(),
            progress_total=len(positions),
        )
        for index, (positions, contents) in enumerate(parts)
    ]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows[:WINDOW]]


def unpack(images: bytes) -> tuple[Positions, Contents]:
    """Positions int64 [n] and contents [n] of the `images` of a chunk."""
    size = len(images) // (np.dtype(np.int64).itemsize + DIGEST_BYTES)
    positions = np.frombuffer(images, dtype=np.int64, count=size)
    return positions, np.frombuffer(images, dtype=f"S{DIGEST_BYTES}", offset=positions.nbytes)


def find_next(session: Session, chunk: FeatureChunk) -> str | None:
    """The id of the chunk to send after `chunk`, if there is one that is queued."""
    return session.scalar(
        select(FeatureChunk.id).where(
            FeatureChunk.job_id == chunk.job_id,
            FeatureChunk.number == chunk.number + WINDOW,
            FeatureChunk.status == WorkStatus.QUEUED,
        )
    )


def is_next_of_job() -> ColumnElement[bool]:
    """Whether a queued chunk is the first of its job that is queued: the only one to send again."""
    earlier = aliased(FeatureChunk)
    return ~exists().where(
        earlier.job_id == FeatureChunk.job_id,
        earlier.number < FeatureChunk.number,
        earlier.status == WorkStatus.QUEUED,
    )


def settle(session: Session, job_id: str, now: datetime) -> bool:
    """Store the progress of a waiting job; fail it if a chunk failed, queue it if all have ended. Return
    whether it was queued.

    To be called after the transaction that ended a chunk: then whoever ends the last one sees all others.
    """
    of_job = FeatureChunk.job_id == job_id
    problem = session.scalar(
        select(FeatureChunk.error).where(of_job, FeatureChunk.status == WorkStatus.FAILED).limit(1)
    )
    if problem is not None:
        lifecycle.fail_waiting(session, Job, job_id, cast("lifecycle.Problem", problem))
        return False
    _store_progress(session, job_id, now)
    return lifecycle.wake(session, Job, job_id, ~exists().where(of_job, FeatureChunk.status.in_(UNFINISHED)))


def find_waiting_jobs(session: Session) -> list[str]:
    """Ids of the jobs that wait for their chunks."""
    return list(session.scalars(select(Job.id).where(lifecycle.is_waiting(Job))))


def find_ended_jobs(session: Session) -> list[Row[Any]]:
    """`id` and `dataset_id` of jobs that have ended and still have chunks."""
    with_chunks = exists().where(FeatureChunk.job_id == Job.id)
    statement = select(Job.id, Job.dataset_id).where(Job.status.not_in(UNFINISHED), with_chunks)
    return list(session.execute(statement))


def delete_chunks(session: Session, job_id: str) -> None:
    """Delete the chunks of a job. A worker that has one stops at its next write."""
    session.execute(delete(FeatureChunk).where(FeatureChunk.job_id == job_id))


def _store_progress(session: Session, job_id: str, now: datetime) -> None:
    done, total, since = session.execute(
        select(
            func.sum(FeatureChunk.progress_done),
            func.sum(FeatureChunk.progress_total),
            func.min(FeatureChunk.started_at),
        ).where(FeatureChunk.job_id == job_id)
    ).one()
    if total is not None:
        seconds = (now - since).total_seconds() if since else 0.0
        rate = done / seconds if seconds > 0 else None
        values = {"progress_done": done, "progress_total": total, "progress_rate": rate}
        session.execute(
            update(Job).where(Job.id == job_id, lifecycle.is_waiting(Job)).values(values),
            execution_options={"synchronize_session": False},
        )


def _is_waited_for(session: Session, job_id: str) -> bool:
    statement = select(FeatureChunk.id).where(
        FeatureChunk.job_id == job_id, FeatureChunk.status != WorkStatus.SUCCEEDED
    )
    return session.scalar(statement.limit(1)) is not None
