"""Undoes a change of a dataset, whichever it was; an undo is a change, too, and can be undone."""

from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.changes.class_edits import Entry, undo_class_change
from store.changes.errors import NotUndoableError
from store.changes.proposals import follow_undo
from store.changes.removal import undo_removal
from store.errors import NotFoundError
from store.models.dataset import Dataset
from store.models.version import Change, ChangeKind
from store.verification.verified_set import lock_dataset

Undo = Callable[[Session, Dataset, Change, Entry], Change]

UNDO: Mapping[ChangeKind, Undo] = {
    ChangeKind.CLASS_ADDED: undo_class_change,
    ChangeKind.CLASS_CHANGED: undo_class_change,
    ChangeKind.CLASSES_REORDERED: undo_class_change,
    ChangeKind.CLASSES_MERGED: undo_class_change,
    ChangeKind.CLASS_REMOVED: undo_class_change,
    ChangeKind.CLASS_SPLIT: undo_class_change,
    ChangeKind.IMAGES_REMOVED: undo_removal,
    ChangeKind.IMAGES_RESTORED: undo_removal,
}
"""What undoes each kind of change; those that are missing cannot be undone."""


def undo_change(session: Session, dataset_id: str, number: int, reviewer: str = "") -> Change:
    """Undo the change with this number.

    Raises `NotFoundError`, `NotUndoableError`, and what the undo of its kind raises.
    """
    dataset = lock_dataset(session, dataset_id)
    change = _find(session, dataset, number)
    if change is None:
        raise NotFoundError("change", number)
    kind = _kind_of(change)
    if kind not in UNDO or change.undo is None:
        raise NotUndoableError(number, "what it replaced is not kept")
    if session.scalar(select(Change.id).where(Change.dataset_id == dataset.id, Change.undoes == number)):
        raise NotUndoableError(number, "it was undone before")
    entry = Entry(ChangeKind.UNDONE, {**change.details, "kind": kind}, reviewer, number)
    undone = UNDO[kind](session, dataset, change, entry)
    follow_undo(session, dataset, undone)
    return undone


def can_undo(change: Change) -> bool:
    """Whether what the change replaced is kept."""
    return change.undo is not None and _kind_of(change) in UNDO


def _find(session: Session, dataset: Dataset, number: int) -> Change | None:
    return session.scalar(select(Change).where(Change.dataset_id == dataset.id, Change.number == number))


def _kind_of(change: Change) -> ChangeKind:
    """The kind of the change; of an undo, that of the change that it undid."""
    return ChangeKind(change.details["kind"]) if change.kind is ChangeKind.UNDONE else change.kind
