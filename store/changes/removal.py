"""Removes images from a dataset, restores them, and lists them. Nothing of an image is deleted."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

import numpy as np
from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from store.changes.class_edits import Entry
from store.changes.log import record_change
from store.database.columns import utc_now
from store.errors import NotFoundError
from store.models.dataset import REMOVED_TOO, Dataset, Sample
from store.models.review import Lease
from store.models.version import Change, ChangeKind
from store.verification.verified_set import lock_dataset

BATCH_ROWS = 10_000


def remove_images(session: Session, dataset_id: str, ids: Collection[int], reviewer: str = "") -> int:
    """Remove images; returns how many were not removed before. Decisions on them are kept.

    Raises `NotFoundError` if one of the ids is of no image of the dataset.
    """
    return _change(session, dataset_id, ids, Entry(ChangeKind.IMAGES_REMOVED, {}, reviewer))


def restore_images(session: Session, dataset_id: str, ids: Collection[int], reviewer: str = "") -> int:
    """Restore removed images; returns how many were removed. Raises `NotFoundError` as `remove_images`."""
    return _change(session, dataset_id, ids, Entry(ChangeKind.IMAGES_RESTORED, {}, reviewer))


def list_removed(
    session: Session, dataset_id: str, before: tuple[datetime, int] | None, limit: int
) -> Sequence[Sample]:
    """Up to `limit` removed images, the last removed first; `before` are time and id of the one before."""
    statement = (
        select(Sample)
        .where(Sample.dataset_id == dataset_id, Sample.removed_at.is_not(None))
        .order_by(Sample.removed_at.desc(), Sample.id.desc())
        .limit(limit)
    )
    if before is not None:
        at, key = before
        statement = statement.where(
            (Sample.removed_at < at) | ((Sample.removed_at == at) & (Sample.id < key))
        )
    return session.scalars(statement.execution_options(**REMOVED_TOO)).all()


def undo_removal(session: Session, dataset: Dataset, change: Change, entry: Entry) -> Change:
    """Restore what a change removed, or remove what it restored; images that are so already stay."""
    kind = ChangeKind(entry.details["kind"])
    was_removal = (kind is ChangeKind.IMAGES_REMOVED) != _undoes_an_undo(session, dataset, change)
    ids = np.frombuffer(change.undo or b"", "<i8").tolist()
    return _write(session, dataset, ids, entry, removed=not was_removal)


def _undoes_an_undo(session: Session, dataset: Dataset, change: Change) -> bool:
    """Whether `change` is itself an undo of an undo, and so on: whether it did the opposite of its kind."""
    is_opposite = False
    while change.undoes is not None:
        is_opposite = not is_opposite
        earlier = select(Change).where(Change.dataset_id == dataset.id, Change.number == change.undoes)
        change = session.scalars(earlier).one()
    return is_opposite


def _change(session: Session, dataset_id: str, ids: Collection[int], entry: Entry) -> int:
    dataset = lock_dataset(session, dataset_id)
    removed = entry.kind is ChangeKind.IMAGES_REMOVED
    present = [key for part in _parts(ids) for key in session.scalars(_ids(dataset, part))]
    if missing := set(ids) - set(present):
        raise NotFoundError("image of this dataset", min(missing))
    change = _write(session, dataset, sorted(present), entry, removed=removed)
    count: int = change.details["images"]
    return count


def _ids(dataset: Dataset, part: Sequence[int]) -> Select[int]:
    statement = select(Sample.id).where(Sample.dataset_id == dataset.id, Sample.id.in_(part))
    return statement.execution_options(**REMOVED_TOO)


def _write(session: Session, dataset: Dataset, ids: Sequence[int], entry: Entry, *, removed: bool) -> Change:
    """Mark the images, count, and log the change with the ids of those that it concerned."""
    session.flush()
    changed: list[int] = []
    for part in _parts(ids):
        is_open = Sample.removed_at.is_(None) if removed else Sample.removed_at.is_not(None)
        values = {
            "removed_at": utc_now() if removed else None,
            "removed_by": entry.reviewer if removed else "",
        }
        statement = update(Sample).where(Sample.id.in_(part), Sample.dataset_id == dataset.id, is_open)
        marked = statement.values(values).returning(Sample.id)
        changed += session.scalars(marked.execution_options(synchronize_session=False))
        if removed:
            session.execute(delete(Lease).where(Lease.sample_id.in_(part)))
    for row in list(session.identity_map.values()):
        if isinstance(row, Sample):
            session.expire(row)
    _recount(session, dataset)
    return record_change(
        session,
        dataset,
        entry.kind,
        {**entry.details, "images": len(changed)},
        reviewer=entry.reviewer,
        undo=np.array(sorted(changed), dtype="<i8").tobytes(),
        undoes=entry.undoes,
    )


def _recount(session: Session, dataset: Dataset) -> None:
    """Count the images of the dataset and beside it, and those that are removed."""
    of_dataset = select(func.count()).where(Sample.dataset_id == dataset.id)
    own = of_dataset.where(Sample.separate.is_(False))
    removed = of_dataset.where(Sample.removed_at.is_not(None)).execution_options(**REMOVED_TOO)
    dataset.num_samples = session.scalar(own) or 0
    dataset.num_unlabelled = session.scalar(own.where(Sample.given_label.is_(None))) or 0
    dataset.num_separate = session.scalar(of_dataset.where(Sample.separate)) or 0
    dataset.num_removed = session.scalar(removed) or 0


def _parts(ids: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), BATCH_ROWS):
        yield ordered[start : start + BATCH_ROWS]
