"""Follows a job by polling its rows every half second. Holds no connection between polls."""

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
    """A job and its epochs since the last poll."""

    job: Job
    epochs: list[EpochReport]


async def follow_job(services: Services, job_id: str, last_epoch: int) -> AsyncIterator[ServerSentEvent]:
    """Events after epoch `last_epoch`, until the job has ended or is deleted.

    Each `epoch` event is sent once, in order. A `job` event is sent first, after every change, and last when
    the job has ended, after all its epochs.
    """
    sent: Job | None = None
    while True:
        try:
            job, epochs = await run_in_threadpool(_poll, services, job_id, last_epoch)
        except NotFoundError:
            return
        if job != sent and not job.status.ended:
            yield ServerSentEvent(event="job", data=job)
            sent = job
        for report in epochs:
            yield ServerSentEvent(event="epoch", id=str(report.epoch), data=report)
            last_epoch = report.epoch
        if job.status.ended:
            yield ServerSentEvent(event="job", data=job)
            return
        if services.stopping.is_set():
            return  # the client connects to another process, and names the last epoch it has
        await asyncio.sleep(POLL_SECONDS)


def _poll(services: Services, job_id: str, last_epoch: int) -> Snapshot:
    with session_scope(services.engine, read_only=True) as session:
        # Read the job first: epochs read after it can only be newer, so those of an ended job are complete.
        job = Job.of(service.get_job(session, job_id))
        epochs = service.list_epochs(session, job_id, last_epoch)
        return Snapshot(job, [EpochReport.model_validate(row.report) for row in epochs])
