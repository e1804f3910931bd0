"""Shares of a queue: preview, assign, list with progress, take back."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from api.auth.access import CallerDep
from api.datasets.ready import ReadyDataset
from api.datasets.service import get_dataset
from api.deps import ReadSession, WriteSession
from api.problems import JSON_BODY, responses
from api.review import service
from api.review import share_schemas as schemas
from api.schemas import RowId, WorkId
from store.review import shares

router = APIRouter(
    prefix="/datasets/{dataset_id}/shares", tags=["review"], responses=responses(HTTPStatus.NOT_FOUND)
)


@router.get("", summary="List the shares")
def list_shares(session: ReadSession, dataset_id: WorkId) -> schemas.ShareList:
    """Who is served which part of the queue first, and how far they are."""
    get_dataset(session, dataset_id)
    found = shares.list_shares(session, dataset_id)
    return schemas.ShareList(items=[schemas.Share.of(one) for one in found])


@router.get("/preview", responses=responses(HTTPStatus.CONFLICT), summary="Count what can be shared")
def preview_shares(
    session: ReadSession, dataset: ReadyDataset, wanted: Annotated[schemas.ShareFilter, Query()]
) -> schemas.SharesPreview:
    """How many undecided samples in no share match the filter. Changes nothing."""
    query = service.read_query(session, dataset, wanted.to_request(""))
    return schemas.SharesPreview(num_samples=shares.count_shareable(session, dataset, query))


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses=responses(*JSON_BODY, HTTPStatus.CONFLICT),
    summary="Assign shares",
)
def create_shares(
    session: WriteSession, caller: CallerDep, dataset: ReadyDataset, body: schemas.SharesCreate
) -> schemas.ShareList:
    """Deal undecided samples out to people or groups, who are served these first.

    A sample is in one share at most, and stays in it until the share is taken back.
    """
    created = shares.assign_shares(
        session,
        dataset,
        service.read_query(session, dataset, body.filter.to_request(caller.reviewer(body.reviewer))),
        body.to_store(),
        max_samples=body.max_samples,
        description=body.filter.describe(body.max_samples),
    )
    ids = {share.id for share in created}
    found = shares.list_shares(session, dataset.id)
    return schemas.ShareList(items=[schemas.Share.of(one) for one in found if one.share.id in ids])


@router.delete("/{share_id}", status_code=HTTPStatus.NO_CONTENT, summary="Take a share back")
def take_back_share(session: WriteSession, dataset_id: WorkId, share_id: RowId) -> None:
    """Delete a share. Decisions stay; its other samples go to whoever asks first."""
    shares.take_back(session, dataset_id, int(share_id))
