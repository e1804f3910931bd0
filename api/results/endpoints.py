"""Results: the ranking, one sample's row, the summary."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import ReadSession
from api.pagination import CursorParameter, Limit
from api.problems import responses
from api.results import schemas, service
from api.schemas import RowId, WorkId

router = APIRouter(
    prefix="/jobs/{job_id}", tags=["results"], responses=responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
)


@router.get("/summary", summary="Summarise a job")
def get_summary(session: ReadSession, job_id: WorkId) -> schemas.JobSummary:
    """Histogram of scores, given-by-suggested matrix, figures per class and what the hold-out says."""
    return service.summarise(session, service.get_ranking(session, job_id))


@router.get("/results", summary="List the ranking")
def list_results(
    session: ReadSession,
    job_id: WorkId,
    wanted: Annotated[schemas.ResultFilter, Query()],
    cursor: CursorParameter = None,
    limit: Limit = 50,
) -> schemas.ResultPage:
    """Samples by suspicion, the most suspicious first, with what people have said about them since."""
    ranking = service.get_ranking(session, job_id)
    rows = service.list_results(session, ranking, wanted, cursor, limit)
    page = schemas.ResultPage.build(
        rows,
        limit,
        lambda row: service.describe(ranking, *row),
        lambda row: service.RESULTS.write(row[0].rank),
    )
    return (
        page if cursor else page.model_copy(update={"total": service.count_results(session, ranking, wanted)})
    )


@router.get("/results/{sample_id}", summary="Get one sample's result")
def get_result(session: ReadSession, job_id: WorkId, sample_id: RowId) -> schemas.Result:
    """What the job learned about one sample."""
    ranking = service.get_ranking(session, job_id)
    return service.describe(ranking, *service.get_result(session, ranking, sample_id))
