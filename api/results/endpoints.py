"""Results: the ranking, the result of one sample, the summary."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from api.deps import ReadSession, ServicesDep
from api.pagination import CursorParameter, Limit, RowNumber
from api.problems import responses
from api.results import schemas, service
from api.results.columns import MAX_COLUMN_ROWS, list_columns
from api.results.counting import count_results
from api.results.detail import detail
from api.results.summary import summarise
from api.schemas import RowId, WorkId

ARROW_STREAM = "application/vnd.apache.arrow.stream"
BINARY = {"schema": {"type": "string", "format": "binary"}}

router = APIRouter(
    prefix="/jobs/{job_id}", tags=["results"], responses=responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
)


@router.get("/summary", summary="Summarise a job")
def get_summary(session: ReadSession, job_id: WorkId) -> schemas.JobSummary:
    """Histogram of scores, given-by-suggested matrix, figures per class, and accuracies on the hold-out."""
    return summarise(session, service.get_ranking(session, job_id))


@router.get("/results", summary="List the ranking")
def list_results(
    session: ReadSession,
    job_id: WorkId,
    wanted: Annotated[schemas.ResultFilter, Query()],
    cursor: CursorParameter = None,
    limit: Limit = 50,
) -> schemas.ResultPage:
    """The samples, most suspicious first, with the decisions since the job."""
    ranking = service.get_ranking(session, job_id)
    rows = service.list_results(session, ranking, wanted, cursor, limit)
    page = schemas.ResultPage.build(
        rows,
        limit,
        lambda row: service.describe(ranking, *row),
        lambda row: service.RESULTS.write(row[0].rank),
    )
    return page if cursor else page.model_copy(update={"total": count_results(session, ranking, wanted)})


@router.get(
    "/results.arrow",
    response_class=StreamingResponse,
    responses={200: {"description": "The stream.", "content": {ARROW_STREAM: BINARY}}},
    summary="Stream the ranking as Arrow",
)
def stream_results(
    session: ReadSession,
    services: ServicesDep,
    job_id: WorkId,
    wanted: Annotated[schemas.ResultFilter, Query()],
    soft_labels: Annotated[bool, Query(description="Whether soft labels are included.")] = True,
) -> StreamingResponse:
    """All samples at once, most suspicious first, as an Arrow IPC stream of record batches.

    The columns are the fields of `results`, and `confidence`, the probability of the suggestion. Labels,
    verdicts and `corrected_by` are dictionaries. All decisions are those of one moment.
    """
    from api.results import arrow  # which loads pyarrow

    columns = arrow.Columns(service.get_ranking(session, job_id), wanted, soft_labels)
    rows = arrow.select(session, columns)
    return arrow.ArrowResponse(arrow.stream(services.engine, columns, rows), media_type=ARROW_STREAM)


@router.get("/results/{sample_id}", summary="Get one sample's result")
def get_result(session: ReadSession, job_id: WorkId, sample_id: RowId) -> schemas.ResultDetail:
    """Everything the job learned about one sample."""
    return detail(session, service.get_ranking(session, job_id), sample_id)


@router.get("/columns", summary="List the ranking in columns")
def list_result_columns(
    session: ReadSession,
    job_id: WorkId,
    wanted: Annotated[schemas.ResultFilter, Query()],
    after_rank: Annotated[
        RowNumber, Query(description="Only what follows this rank: `next_rank` of the previous answer.")
    ] = 0,
    limit: Annotated[
        int, Query(ge=1, le=MAX_COLUMN_ROWS, description="Maximum number of samples.")
    ] = MAX_COLUMN_ROWS,
) -> schemas.ResultColumns:
    """The ranking with fewer fields per sample and many more samples per page."""
    return list_columns(session, service.get_ranking(session, job_id), wanted, after_rank, limit)
