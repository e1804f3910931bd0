"""Auto-accept: get the current state, preview an error budget, choose a policy, undo the choice."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from api.auth.access import CallerDep, sign
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


@router.put("", responses=responses(*JSON_BODY), summary="Choose what is accepted without review")
def choose_auto_accept(
    session: WriteSession, caller: CallerDep, job_id: WorkId, body: schemas.AutoAcceptChoice
) -> schemas.AutoAcceptState:
    """Set the dataset's policy. It applies to this job, to the newest one, and to all later ones.

    Exports, results and counts change at once. Reviewers' decisions keep precedence.
    """
    return service.choose(session, get_ranking(session, job_id), sign(caller, body))


@router.delete("", summary="Undo the choice")
def undo_auto_accept(
    session: WriteSession,
    caller: CallerDep,
    job_id: WorkId,
    reviewer: Annotated[Reviewer, Query(description="Who makes this change.")] = "",
    seen: Annotated[schemas.SeenPolicy | None, Query(description="`seen` of the state to undo.")] = None,
) -> schemas.AutoAcceptState:
    """Undo the newest choice of the dataset's policy: each job accepts what it did before the choice."""
    return service.undo(session, get_ranking(session, job_id), caller.reviewer(reviewer), seen)
