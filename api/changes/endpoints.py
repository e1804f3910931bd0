"""Changes of a dataset: list, undo."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path

from api.auth.access import CallerDep
from api.changes import schemas
from api.datasets.service import get_dataset
from api.deps import ReadSession, WriteSession
from api.pagination import Cursor, CursorParameter, Limit, RowNumber
from api.problems import JSON_BODY, responses
from api.schemas import WorkId
from store.changes.log import ListedChange, list_changes
from store.changes.undo import undo_change

router = APIRouter(
    prefix="/datasets/{dataset_id}/changes", tags=["datasets"], responses=responses(HTTPStatus.NOT_FOUND)
)

ChangeNumber = Annotated[int, Path(ge=1, le=2**31 - 1, description="The number of the change.")]
CHANGES = Cursor("changes", RowNumber)


@router.get("", summary="List the changes of a dataset")
def list_dataset_changes(
    session: ReadSession, dataset_id: WorkId, cursor: CursorParameter = None, limit: Limit = 50
) -> schemas.ChangePage:
    """What changed the dataset's images and classes, newest first. Decisions are listed apart."""
    get_dataset(session, dataset_id)
    before = None if cursor is None else CHANGES.read(cursor)[0]
    rows = list_changes(session, dataset_id, before, limit + 1)
    return schemas.ChangePage.build(
        rows, limit, schemas.Change.of, lambda row: CHANGES.write(row.change.number)
    )


@router.post(
    "/{number}/undo",
    status_code=HTTPStatus.CREATED,
    responses=responses(*JSON_BODY, HTTPStatus.CONFLICT),
    summary="Undo a change",
)
def undo_dataset_change(
    session: WriteSession, caller: CallerDep, dataset_id: WorkId, number: ChangeNumber, body: schemas.Undo
) -> schemas.Change:
    """Restore what the change replaced. An undo is a change itself and can be undone.

    Refused if a later change is in the way: undo that one first.
    """
    undone = undo_change(session, dataset_id, number, caller.reviewer(body.reviewer))
    return schemas.Change.of(ListedChange(undone, undone=False))
