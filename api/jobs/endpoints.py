"""Jobs: start, list, look at, follow, cancel."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.deps import QueueDep, ReadSession, ServicesDep, WriteSession
from api.jobs import schemas, service
from api.jobs.events import follow_job
from api.pagination import CursorParameter, Limit
from api.problems import JSON_BODY, responses
from api.schemas import NO_NUL, WorkId
from mslg_core.reports import EpochReport

router = APIRouter(prefix="/jobs", tags=["jobs"])

LastEventId = Annotated[
    str | None, Header(description="The number of the last epoch that you have; later ones follow.")
]


@router.post(
    "",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(*JSON_BODY, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    summary="Start a job",
)
def create_job(session: WriteSession, queue: QueueDep, body: schemas.JobCreate) -> schemas.Job:
    """Queue a training run. Refused while the dataset has one already, or too few verified labels."""
    return schemas.Job.of(service.create_job(session, queue, body))


@router.get("", summary="List jobs")
def list_jobs(
    session: ReadSession,
    dataset_id: Annotated[
        str | None, Query(max_length=64, pattern=NO_NUL, description="Only this dataset's jobs.")
    ] = None,
    cursor: CursorParameter = None,
    limit: Limit = 50,
) -> schemas.JobPage:
    """Jobs, newest first."""
    rows = service.list_jobs(session, dataset_id, cursor, limit)
    return schemas.JobPage.build(
        rows, limit, schemas.Job.of, lambda row: service.JOBS.write(row.created_at, row.id)
    )


@router.get("/{job_id}", responses=responses(HTTPStatus.NOT_FOUND), summary="Get a job")
def get_job(session: ReadSession, job_id: WorkId) -> schemas.Job:
    """One job: its config, how far it is, how it ended."""
    return schemas.Job.of(service.get_job(session, job_id))


@router.post(
    "/{job_id}/cancel",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    summary="Cancel a job",
)
def cancel_job(session: WriteSession, job_id: WorkId) -> schemas.Job:
    """A queued job is cancelled at once, a running one after its present epoch."""
    return schemas.Job.of(service.cancel_job(session, job_id))


@router.get("/{job_id}/epochs", responses=responses(HTTPStatus.NOT_FOUND), summary="List a job's epochs")
def list_epochs(session: ReadSession, job_id: WorkId) -> schemas.EpochList:
    """Every epoch's report so far."""
    service.get_job(session, job_id)
    rows = service.list_epochs(session, job_id)
    return schemas.EpochList(items=[EpochReport.model_validate(row.report) for row in rows])


def require_job(session: ReadSession, job_id: WorkId) -> str:
    """The id of a job that exists. An answer that streams has to know before its first byte."""
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

    A `job` event comes first and on every change; with the one that tells the end the stream ends.
    """
    text = last_event_id or ""
    last_epoch = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
    async for event in follow_job(services, job_id, last_epoch):
        yield event
