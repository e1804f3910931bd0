"""Saved views of a dataset: list, save, change, delete."""

from http import HTTPStatus

from fastapi import APIRouter
from sqlalchemy.orm import Session

from api.auth.access import CallerDep
from api.datasets.service import get_dataset
from api.deps import ReadSession, WriteSession
from api.errors import InvalidError
from api.metadata import schemas
from api.problems import JSON_BODY, responses
from api.schemas import WorkId
from store.metadata.views import get_view, list_views
from store.models import SavedView
from store.verification.verified_set import lock_dataset

router = APIRouter(
    prefix="/datasets/{dataset_id}/views", tags=["datasets"], responses=responses(HTTPStatus.NOT_FOUND)
)

MAX_VIEWS = 200


@router.get("", summary="List saved views")
def list_saved_views(session: ReadSession, dataset_id: WorkId) -> schemas.SavedViewList:
    """The dataset's views, by name."""
    rows = list_views(session, get_dataset(session, dataset_id).id)
    return schemas.SavedViewList(items=[schemas.SavedView.of(row) for row in rows])


@router.post("", status_code=HTTPStatus.CREATED, responses=responses(*JSON_BODY), summary="Save a view")
def create_saved_view(
    session: WriteSession, caller: CallerDep, dataset_id: WorkId, body: schemas.SavedViewCreate
) -> schemas.SavedView:
    """Save filters and order under a name, for everybody who reads the dataset."""
    lock_dataset(session, dataset_id)  # two views of one name may come at once
    _refuse_taken(session, dataset_id, body.name)
    view = SavedView(
        dataset_id=dataset_id,
        name=body.name,
        page=body.page,
        search=body.search,
        created_by=caller.reviewer(body.reviewer),
    )
    session.add(view)
    session.flush()
    return schemas.SavedView.of(view)


@router.patch("/{view_id}", responses=responses(*JSON_BODY), summary="Change a saved view")
def change_saved_view(
    session: WriteSession, dataset_id: WorkId, view_id: WorkId, body: schemas.SavedViewChange
) -> schemas.SavedView:
    """Rename a view, or give it other filters."""
    lock_dataset(session, dataset_id)
    view = get_view(session, dataset_id, view_id)
    if body.name is not None and body.name != view.name:
        _refuse_taken(session, dataset_id, body.name)
        view.name = body.name
    if body.search is not None:
        view.search = dict(body.search)
    session.flush()
    return schemas.SavedView.of(view)


@router.delete("/{view_id}", status_code=HTTPStatus.NO_CONTENT, summary="Delete a saved view")
def delete_saved_view(session: WriteSession, dataset_id: WorkId, view_id: WorkId) -> None:
    """Delete a view. The images that it shows stay."""
    session.delete(get_view(session, dataset_id, view_id))


def _refuse_taken(session: Session, dataset_id: str, name: str) -> None:
    """Raise `InvalidError` if another view has the name, or there are too many."""
    views = list_views(session, dataset_id)
    if any(view.name == name for view in views):
        message = f"The dataset has a view {name!r} already: choose another name, or change that view."
        raise InvalidError.of_field("name", "name_taken", message)
    if len(views) >= MAX_VIEWS:
        message = f"The dataset has {MAX_VIEWS} views: delete one first."
        raise InvalidError.of_field("name", "too_many_views", message)
