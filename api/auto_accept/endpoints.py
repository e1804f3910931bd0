"""Auto-accept: what is taken without a person now, what a budget would do, apply it, take it back."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from api.auto_accept import schemas, service
from api.deps import ReadSession, WriteSession
from api.problems import JSON_BODY, responses
from api.results.service import get_ranking
from api.schemas import WorkId
from api.verification.schemas import Reviewer

router = APIRouter(
    prefix="/jobs/{job_id}/auto-accept",
    tags=["results"],
    responses=responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)


@router.get("", summary="See which suggestions are taken")
def get_auto_accept(session: ReadSession, job_id: WorkId) -> schemas.AutoAcceptState:
    """Which suggestions are corrected labels without a person having looked, and who decided so."""
    return service.get_state(session, get_ranking(session, job_id))


@router.get("/preview", summary="Preview an error budget")
def preview_auto_accept(
    session: ReadSession,
    job_id: WorkId,
    max_error: Annotated[schemas.MaxError, Query(description="Share of errors that would be fine.")] = 0.02,
) -> schemas.AutoAcceptPreview:
    """How many suggestions fit into the budget, of which classes, and what could go wrong."""
    return service.preview(session, get_ranking(session, job_id), max_error)


@router.put("", responses=responses(*JSON_BODY), summary="Apply an error budget")
def apply_auto_accept(
    session: WriteSession, job_id: WorkId, body: schemas.AutoAcceptBudget
) -> schemas.AutoAcceptState:
    """Take the surest suggestions within the budget, instead of whatever was taken before. Exports, result
    pages and counts follow at once; people's words still go first.
    """
    return service.apply(session, get_ranking(session, job_id), body)


@router.delete("", summary="Take no suggestion")
def revert_auto_accept(
    session: WriteSession,
    job_id: WorkId,
    reviewer: Annotated[Reviewer, Query(description="Who decides so.")] = "",
) -> schemas.AutoAcceptState:
    """Take back what was accepted without a person: those samples have their given labels again."""
    return service.revert(session, get_ranking(session, job_id), reviewer)
