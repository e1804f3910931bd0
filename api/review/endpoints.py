"""Serving samples to reviewers: lease, give back, count."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from api.auth.access import CallerDep, sign
from api.datasets.ready import ReadyDataset
from api.deps import ReadSession, SettingsDep, WriteSession
from api.problems import JSON_BODY, responses
from api.review import schemas, service
from api.schemas import WorkId
from api.verification.schemas import Reviewer
from store.accounts.access import require_adjudicator

router = APIRouter(
    prefix="/datasets/{dataset_id}", tags=["review"], responses=responses(HTTPStatus.NOT_FOUND)
)

ReviewerParameter = Annotated[Reviewer, Query(description="The reviewer; may be empty.")]


@router.post("/leases", responses=responses(*JSON_BODY, HTTPStatus.CONFLICT), summary="Serve samples")
def lease_samples(
    session: WriteSession,
    settings: SettingsDep,
    caller: CallerDep,
    dataset: ReadyDataset,
    body: schemas.LeaseRequest,
) -> schemas.Serving:
    """Lease the next samples of a queue to a reviewer. Each sample is served to `overlap` reviewers.

    Samples without a decision when the lease expires go to others. Some samples may be settled already and
    only test the reviewer.
    """
    if body.queue.adjudicates:
        require_adjudicator(session, caller, dataset.id)
    return schemas.Serving.of(service.serve(session, dataset, sign(caller, body), settings.review_lease))


@router.delete("/leases", status_code=HTTPStatus.NO_CONTENT, summary="Give samples back")
def give_back_samples(
    session: WriteSession, caller: CallerDep, dataset_id: WorkId, reviewer: ReviewerParameter
) -> None:
    """End the reviewer's leases on samples without a decision, so that others get them."""
    service.release(session, dataset_id, caller.reviewer(reviewer))


@router.get("/queues", summary="Count the queues")
def get_queues(
    session: ReadSession, caller: CallerDep, dataset_id: WorkId, reviewer: ReviewerParameter
) -> schemas.QueueCounts:
    """The number of samples that wait for this reviewer, per queue."""
    counts = service.count_queues(session, dataset_id, caller.reviewer(reviewer))
    return schemas.QueueCounts(verify=counts.verify, tie_break=counts.tie_break, re_review=counts.re_review)
