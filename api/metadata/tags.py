"""Tags on samples: add, remove, count, and who did it."""

from http import HTTPStatus

from fastapi import APIRouter

from api.auth.access import CallerDep
from api.datasets.service import get_dataset, require_ready
from api.deps import ReadSession, WriteSession
from api.metadata import schemas
from api.pagination import Cursor, CursorParameter, Limit, RowNumber
from api.problems import JSON_BODY, responses
from api.schemas import WorkId
from store.metadata import tags
from store.models import SampleTag
from store.verification.verified_set import lock_dataset

router = APIRouter(
    prefix="/datasets/{dataset_id}/tags", tags=["datasets"], responses=responses(HTTPStatus.NOT_FOUND)
)

TRAIL = Cursor("tags", RowNumber)


@router.get("", summary="List tags")
def list_dataset_tags(session: ReadSession, dataset_id: WorkId) -> schemas.TagList:
    """The dataset's tags, each with the number of its samples."""
    counted = tags.count_tags(session, get_dataset(session, dataset_id).id)
    return schemas.TagList(items=[schemas.TagCount(**one._asdict()) for one in counted])


@router.post("", responses=responses(*JSON_BODY, HTTPStatus.CONFLICT), summary="Change tags")
def change_tags(
    session: WriteSession, caller: CallerDep, dataset_id: WorkId, body: schemas.TagChangeCreate
) -> schemas.TagChange:
    """Add tags to samples and remove tags from them. What a sample has, or lacks, already stays."""
    require_ready(lock_dataset(session, dataset_id))
    changed = tags.change_tags(
        session,
        dataset_id,
        [int(key) for key in body.sample_ids],
        add=body.add,
        remove=body.remove,
        reviewer=caller.reviewer(body.reviewer),
    )
    return schemas.TagChange(**changed._asdict())


@router.get("/trail", summary="List who changed tags")
def list_tag_trail(
    session: ReadSession, dataset_id: WorkId, cursor: CursorParameter = None, limit: Limit = 50
) -> schemas.TagTrailPage:
    """All tags that were ever added, newest first: who added them, and who removed them."""
    get_dataset(session, dataset_id)
    before = None if cursor is None else TRAIL.read(cursor)[0]
    rows = tags.list_tag_trail(session, dataset_id, before, limit + 1)
    return schemas.TagTrailPage.build(rows, limit, _describe, lambda row: TRAIL.write(row.id))


def _describe(row: SampleTag) -> schemas.TagTrailItem:
    return schemas.TagTrailItem(
        sample_id=str(row.sample_id),
        tag=row.tag,
        reviewer=row.reviewer,
        created_at=row.created_at,
        removed_by=row.removed_by,
        removed_at=row.removed_at,
    )
