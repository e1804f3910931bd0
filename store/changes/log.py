"""Writes and lists the changes of a dataset. Each change counts the dataset's version up by one."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from store.database.columns import JsonObject
from store.models.dataset import Dataset
from store.models.version import Change, ChangeKind


class ListedChange(NamedTuple):
    """A change, and whether a later one undid it."""

    change: Change
    undone: bool


def record_change(  # noqa: PLR0913 # one row, all named
    session: Session,
    dataset: Dataset,
    kind: ChangeKind,
    details: JsonObject,
    *,
    reviewer: str = "",
    undo: bytes | None = None,
    undoes: int | None = None,
) -> Change:
    """Append a change. Call it under the dataset's lock, in the transaction that makes the change."""
    dataset.version += 1
    change = Change(
        dataset_id=dataset.id,
        number=dataset.version,
        kind=kind,
        details=details,
        reviewer=reviewer,
        undo=undo,
        undoes=undoes,
    )
    session.add(change)
    session.flush()
    return change


def list_changes(session: Session, dataset_id: str, before: int | None, limit: int) -> Sequence[ListedChange]:
    """Up to `limit` changes with numbers below `before`, newest first."""
    later = aliased(Change)
    undone = exists().where(later.dataset_id == dataset_id, later.undoes == Change.number)
    statement = (
        select(Change, undone)
        .where(Change.dataset_id == dataset_id)
        .order_by(Change.number.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(Change.number < before)
    return [ListedChange(*row) for row in session.execute(statement)]
