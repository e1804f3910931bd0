"""Saved views of a dataset: filters, order and layout under a name."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.errors import NotFoundError
from store.models.review import SavedView


def list_views(session: Session, dataset_id: str) -> Sequence[SavedView]:
    """The dataset's views by name."""
    statement = select(SavedView).where(SavedView.dataset_id == dataset_id)
    return session.scalars(statement.order_by(SavedView.name, SavedView.id)).all()


def get_view(session: Session, dataset_id: str, view_id: str) -> SavedView:
    """One view. Raises `NotFoundError`."""
    view = session.get(SavedView, view_id)
    if view is None or view.dataset_id != dataset_id:
        raise NotFoundError("saved view", view_id)
    return view
