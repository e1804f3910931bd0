"""Jobs: start, list, get, follow, cancel."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.auth.access import CallerDep
from api.deps import QueueDep, ReadSession, ServicesDep, WriteSession
from api.jobs import schemas, service
from api.jobs.events import follow_job
from api.pagination import CursorParameter, Limit
from api.problems import JSON_BODY, responses
from api.schemas import NO_NUL, WorkId
from mslg_core.reports import EpochReport
from store.accounts.access import Right, require_ids

router = APIRouter(prefix="/jobs", tags=["jobs"])

LastEventId = Annotated[
    str | None, Header(description="Number of the last received epoch; the stream continues after it.")
]


@router.post(
    "",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(*JSON_BODY, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    summary="Start a job",
)
def create_job(
    session: WriteSession, queue: QueueDep, caller: CallerDep, body: schemas.JobCreate
) -> schemas.Job:
    """Queue a training run. Refused while another one is queued or running, or labels are missing."""
    require_ids(session, caller, {"dataset_id": body.dataset_id}, Right.MANAGE)
    return schemas.Job.of(service.create_job(session, queue, body))


@router.get("", summary="List jobs")
def list_jobs(
    session: ReadSession,
    caller: CallerDep,
    dataset_id: Annotated[
        str | None, Query(max_length=64, pattern=NO_NUL, description="Only this dataset's jobs.")
    ] = None,
    cursor: CursorParameter = None,
    limit: Limit = 50,
) -> schemas.JobPage:
    """Jobs on the caller's datasets, newest first."""
    rows = service.list_jobs(session, dataset_id, cursor, limit, caller.limited_to)
    return schemas.JobPage.build(
        rows, limit, schemas.Job.of, lambda row: service.JOBS.write(row.created_at, row.id)
    )


@router.get("/{job_id}", responses=responses(HTTPStatus.NOT_FOUND), summary="Get a job")
def get_job(session: ReadSession, job_id: WorkId) -> schemas.Job:
    """One job: its configuration, progress and outcome."""
    return schemas.Job.of(service.get_job(session, job_id))


@router.post(
    "/{job_id}/cancel",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    summary="Cancel a job",
)
def cancel_job(session: WriteSession, job_id: WorkId) -> schemas.Job:
    """Cancel a job: at once if it is queued, after the current epoch if it is running."""
    return schemas.Job.of(service.cancel_job(session, job_id))


@router.get("/{job_id}/epochs", responses=responses(HTTPStatus.NOT_FOUND), summary="List a job's epochs")
def list_epochs(session: ReadSession, job_id: WorkId) -> schemas.EpochList:
    """The reports of all epochs so far."""
    service.get_job(session, job_id)
    rows = service.list_epochs(session, job_id)
    return schemas.EpochList(items=[EpochReport.model_validate(row.report) for row in rows])


def require_job(session: ReadSession, job_id: WorkId) -> str:
    """The id of an existing job. A stream must know this before its first byte. Raises `NotFoundError`."""
    return service.get_job(session, job_id).id


@router.get(
    "/{job_id}/events",
    response_class=EventSourceResponse,
    responses=responses(HTTPStatus.NOT_FOUND),
    summary="Follow a job",
)
async def follow_events(
    services: ServicesDep, job_id: Annotated[str, Depends(require_job)], last_event_id: LastEventId = None
) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events: `epoch` (id: the epoch's number, data: an EpochReport) and `job` (data: a Job).

    The stream sends a `job` event first and after every change, and ends with the one of the ended job.
    """
    text = last_event_id or ""
    last_epoch = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
    async for event in follow_job(services, job_id, last_epoch):
        yield event
