"""Images that are removed from a dataset: remove, list, restore."""

from datetime import UTC, datetime
from http import HTTPStatus

from fastapi import APIRouter

from api.auth.access import CallerDep
from api.changes import schemas
from api.datasets.ready import ReadyDataset
from api.deps import ReadSession, WriteSession
from api.pagination import Cursor, CursorParameter, Limit, RowNumber
from api.problems import JSON_BODY, responses
from store.changes import removal

router = APIRouter(
    prefix="/datasets/{dataset_id}/removed-images",
    tags=["datasets"],
    responses=responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)

NEVER = datetime.min.replace(tzinfo=UTC)
REMOVED = Cursor("removed", datetime, RowNumber)


@router.post("", responses=responses(*JSON_BODY), summary="Remove images")
def remove_images(
    session: WriteSession, caller: CallerDep, dataset: ReadyDataset, body: schemas.ImageSelection
) -> schemas.ImageCount:
    """Remove images from the dataset: from rankings, queues, later jobs, exports and counts.

    Their files, decisions and results are kept, so they can be restored, by an undo or one by one.
    """
    count = removal.remove_images(session, dataset.id, body.ids, caller.reviewer(body.reviewer))
    return schemas.ImageCount(num_images=count)


@router.post("/restore", responses=responses(*JSON_BODY), summary="Restore removed images")
def restore_images(
    session: WriteSession, caller: CallerDep, dataset: ReadyDataset, body: schemas.ImageSelection
) -> schemas.ImageCount:
    """Bring removed images back, with their decisions and results."""
    count = removal.restore_images(session, dataset.id, body.ids, caller.reviewer(body.reviewer))
    return schemas.ImageCount(num_images=count)


@router.get("", summary="List removed images")
def list_removed_images(
    session: ReadSession, dataset: ReadyDataset, cursor: CursorParameter = None, limit: Limit = 50
) -> schemas.RemovedImagePage:
    """The images that were removed, the last removed first."""
    before = None if cursor is None else REMOVED.read(cursor)
    rows = removal.list_removed(session, dataset.id, before, limit + 1)
    classes = dataset.class_map
    return schemas.RemovedImagePage.build(
        rows,
        limit,
        lambda row: schemas.RemovedImage.of(row, classes.name(row.given_label)),
        lambda row: REMOVED.write(row.removed_at or NEVER, row.id),
    )
