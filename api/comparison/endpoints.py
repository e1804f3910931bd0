"""The comparison of two jobs."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from api.auth.access import CallerDep
from api.comparison import schemas, service
from api.deps import ReadSession
from api.problems import responses
from api.results.service import get_ranking
from api.schemas import WorkId
from store.accounts.access import Right, require_ids

router = APIRouter(
    prefix="/jobs/{job_id}", tags=["results"], responses=responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
)

OtherJob = Annotated[
    str,
    Query(
        alias="with",
        max_length=64,
        pattern=r"^[0-9A-Za-z-]+$",
        description="The job to compare with, of the same dataset.",
    ),
]


@router.get("/comparison", summary="Compare two jobs")
def compare_jobs(
    session: ReadSession, caller: CallerDep, job_id: WorkId, other_id: OtherJob
) -> schemas.Comparison:
    """How two finished jobs of one dataset differ, and which samples became more suspicious from a to b."""
    require_ids(session, caller, {"job_id": other_id}, Right.READ)
    return service.compare(session, get_ranking(session, job_id), get_ranking(session, other_id))
