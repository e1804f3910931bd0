"""Changes of a dataset: list."""

from http import HTTPStatus

from fastapi import APIRouter

from api.changes import schemas
from api.datasets.service import get_dataset
from api.deps import ReadSession
from api.pagination import Cursor, CursorParameter, Limit, RowNumber
from api.problems import responses
from api.schemas import WorkId
from store.changes.log import list_changes

router = APIRouter(
    prefix="/datasets/{dataset_id}/changes", tags=["datasets"], responses=responses(HTTPStatus.NOT_FOUND)
)

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
