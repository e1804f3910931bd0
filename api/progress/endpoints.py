"""The progress of the review of a job."""

from http import HTTPStatus

from fastapi import APIRouter

from api.deps import ReadSession
from api.problems import responses
from api.progress import schemas, service
from api.results.service import get_ranking
from api.schemas import WorkId

router = APIRouter(
    prefix="/jobs/{job_id}", tags=["results"], responses=responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
)


@router.get("/review-progress", summary="Get the review progress")
def get_review_progress(session: ReadSession, job_id: WorkId) -> schemas.ReviewProgress:
    """Errors found so far, errors expected to remain, and advice whether to continue."""
    return service.review_progress(session, get_ranking(session, job_id))
