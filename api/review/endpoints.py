"""Review by several people: who gets which samples next."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from api.datasets.ready import ReadyDataset
from api.deps import ReadSession, SettingsDep, WriteSession
from api.problems import JSON_BODY, responses
from api.review import schemas, service
from api.schemas import WorkId
from api.verification.schemas import Reviewer

router = APIRouter(
    prefix="/datasets/{dataset_id}", tags=["review"], responses=responses(HTTPStatus.NOT_FOUND)
)

ReviewerParameter = Annotated[Reviewer, Query(description="Who asks; may be empty.")]


@router.post("/leases", responses=responses(*JSON_BODY, HTTPStatus.CONFLICT), summary="Serve samples")
def lease_samples(
    session: WriteSession, settings: SettingsDep, dataset: ReadyDataset, body: schemas.LeaseRequest
) -> schemas.Serving:
    """Give a reviewer the next samples of a queue: each goes to as many people as the dataset asks for.

    What is not answered in time goes to others. Some samples may be settled already and only measure the
    reviewer.
    """
    return schemas.Serving.of(service.serve(session, dataset, body, settings.review_lease))


@router.delete("/leases", status_code=HTTPStatus.NO_CONTENT, summary="Give samples back")
def give_back_samples(session: WriteSession, dataset_id: WorkId, reviewer: ReviewerParameter) -> None:
    """Let others have what the reviewer was served and has not answered."""
    service.give_back(session, dataset_id, reviewer)


@router.get("/queues", summary="Count the queues")
def get_queues(session: ReadSession, dataset_id: WorkId, reviewer: ReviewerParameter) -> schemas.QueueCounts:
    """How many samples wait for this reviewer."""
    counts = service.count_queues(session, dataset_id, reviewer)
    return schemas.QueueCounts.model_validate(counts, from_attributes=True)
