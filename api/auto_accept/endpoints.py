"""Auto-accept: get the current state, preview an error budget, apply it, revert it."""

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


@router.get("", summary="Get the auto-accept state")
def get_auto_accept(session: ReadSession, job_id: WorkId) -> schemas.AutoAcceptState:
    """Which suggestions are used as corrected labels without review, and who decided that."""
    return service.get_state(session, get_ranking(session, job_id))


@router.get("/preview", summary="Preview an error budget")
def preview_auto_accept(
    session: ReadSession,
    job_id: WorkId,
    max_error: Annotated[schemas.MaxError, Query(description="Acceptable share of wrong labels.")] = 0.02,
) -> schemas.AutoAcceptPreview:
    """How many suggestions fit the budget, by class, with the riskiest ones. Changes nothing."""
    return service.preview(session, get_ranking(session, job_id), max_error)


@router.put("", responses=responses(*JSON_BODY), summary="Apply an error budget")
def apply_auto_accept(
    session: WriteSession, job_id: WorkId, body: schemas.AutoAcceptBudget
) -> schemas.AutoAcceptState:
    """Accept the most confident suggestions within the budget; replaces the previous selection.

    Exports, results and counts change at once. Reviewers' decisions keep precedence.
    """
    return service.apply(session, get_ranking(session, job_id), body)


@router.delete("", summary="Revert auto-accept")
def revert_auto_accept(
    session: WriteSession,
    job_id: WorkId,
    reviewer: Annotated[Reviewer, Query(description="Who makes this change.")] = "",
) -> schemas.AutoAcceptState:
    """Accept no suggestion without review: the affected samples get their given labels back."""
    return service.revert(session, get_ranking(session, job_id), reviewer)
