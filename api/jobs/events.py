"""Follows a job by reading its rows every half second. No connection is held in between."""

import asyncio
from collections.abc import AsyncIterator
from typing import NamedTuple

from fastapi.concurrency import run_in_threadpool
from fastapi.sse import ServerSentEvent

from api.deps import Services
from api.jobs import service
from api.jobs.schemas import Job
from mslg_core.reports import EpochReport
from store.database.engine import session_scope
from store.errors import NotFoundError

POLL_SECONDS = 0.5


class Snapshot(NamedTuple):
    """A job and its epochs since the last look."""

    job: Job
    epochs: list[EpochReport]


async def follow_job(services: Services, job_id: str, last_epoch: int) -> AsyncIterator[ServerSentEvent]:
    """Events after epoch `last_epoch`, until the job has ended or is deleted.

    `epoch` events come in order, each once. A `job` event comes first, on every change, and last when it
    ended: by then every epoch has been told.
    """
    shown: Job | None = None
    while True:
        try:
            job, epochs = await run_in_threadpool(_look, services, job_id, last_epoch)
        except NotFoundError:
            return
        if job != shown and not job.status.ended:
            yield ServerSentEvent(event="job", data=job)
            shown = job
        for report in epochs:
            yield ServerSentEvent(event="epoch", id=str(report.epoch), data=report)
            last_epoch = report.epoch
        if job.status.ended:
            yield ServerSentEvent(event="job", data=job)
            return
        await asyncio.sleep(POLL_SECONDS)


def _look(services: Services, job_id: str, last_epoch: int) -> Snapshot:
    with session_scope(services.engine, read_only=True) as session:
        # The job first: epochs read after it can only be newer, so a job that ended has told them all.
        job = Job.of(service.get_job(session, job_id))
        epochs = service.list_epochs(session, job_id, last_epoch)
        return Snapshot(job, [EpochReport.model_validate(row.report) for row in epochs])
