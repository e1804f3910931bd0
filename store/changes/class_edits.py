"""Changes the classes of a dataset: each change is an entry of the log that can be undone.

Every function that writes takes the dataset's lock. None rewrites a label, see `mslg_rules.class_map`.
"""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mslg_rules.verdict import Verdict
from store.changes.class_settings import NAME, ORDER, Setting, setting, write_settings
from store.changes.errors import ClassEditError, ClassInUseError
from store.changes.log import record_change
from store.changes.merged_labels import affected_labels, bring_up_to_date
from store.database.columns import JsonObject
from store.errors import NotFoundError
from store.models.dataset import REMOVED_TOO, Dataset, Sample
from store.models.verification import Verification
from store.models.version import Change, ChangeKind
from store.verification.bulk_withdrawal import withdraw_all
from store.verification.consensus import is_active
from store.verification.verified_set import lock_dataset


class Entry(NamedTuple):
    """What the log says of a change: kind, details, who made it, and the number of the change it undoes."""

    kind: ChangeKind
    details: JsonObject
    reviewer: str = ""
    undoes: int | None = None


def add_class(
    session: Session, dataset_id: str, name: str, values: Mapping[str, Any], reviewer: str = ""
) -> int:
    """Append a class; returns its index. Raises `NotFoundError`, `ClassEditError`."""
    dataset = lock_dataset(session, dataset_id)
    changed = append_class(dataset, name, values)
    change_settings(session, dataset, changed, Entry(ChangeKind.CLASS_ADDED, {"name": name}, reviewer))
    return len(dataset.classes) - 1


def append_class(dataset: Dataset, name: str, values: Mapping[str, Any]) -> list[Setting]:
    """Append a class that counts as removed, and return the settings that bring it in."""
    refuse_taken(dataset, name)
    index = len(dataset.classes)
    dataset.classes = [*dataset.classes, name]
    dataset.class_settings = dataset.class_settings | {str(index): {"removed": True}}
    fields = {"removed": None, **values}
    return [setting(dataset, field, index, value) for field, value in fields.items()]


def change_class(
    session: Session, dataset_id: str, index: int, values: Mapping[str, Any], reviewer: str = ""
) -> None:
    """Set the name, or other fields, of a class. Raises `NotFoundError`, `ClassEditError`."""
    dataset = lock_dataset(session, dataset_id)
    name = require_active(dataset, index)
    changed = [setting(dataset, field, index, value) for field, value in values.items()]
    changed = [one for one in changed if one.before != one.after]
    renamed = next((one for one in changed if one.field == NAME), None)
    if renamed is not None:
        refuse_taken(dataset, renamed.after, index)
        former = [*(dataset.class_settings.get(str(index), {}).get("former_names") or ()), name]
        former = [one for one in dict.fromkeys(former) if one != renamed.after]
        changed.append(setting(dataset, "former_names", index, former or None))
    if changed:
        details = {"name": name, "changed": {one.field: one.after for one in changed if one.field in values}}
        change_settings(session, dataset, changed, Entry(ChangeKind.CLASS_CHANGED, details, reviewer))


def reorder_classes(session: Session, dataset_id: str, order: Sequence[int], reviewer: str = "") -> None:
    """Show the classes in this order. Raises `NotFoundError`, `ClassEditError` unless it has each once."""
    dataset = lock_dataset(session, dataset_id)
    if sorted(order) != sorted(dataset.class_map.order):
        raise ClassEditError("bad_order", "Name the index of each class that can be given once.")
    if list(order) != dataset.class_map.order:
        changed = [setting(dataset, ORDER, None, list(order))]
        change_settings(session, dataset, changed, Entry(ChangeKind.CLASSES_REORDERED, {}, reviewer))


def merge_classes(session: Session, dataset_id: str, source: int, target: int, reviewer: str = "") -> None:
    """Read all labels of the class `source` as `target`. Raises `NotFoundError`, `ClassEditError`."""
    dataset = lock_dataset(session, dataset_id)
    name, into = require_active(dataset, source), require_active(dataset, target)
    if source == target:
        raise ClassEditError("same_class", f"Choose another class to merge {name!r} into.")
    changed = [setting(dataset, "merged_into", source, target)]
    details = {"name": name, "into": into}
    change_settings(session, dataset, changed, Entry(ChangeKind.CLASSES_MERGED, details, reviewer))


def remove_class(session: Session, dataset_id: str, index: int, reviewer: str = "") -> None:
    """Remove a class that no label is of. Raises `NotFoundError`, `ClassEditError`, `ClassInUseError`."""
    dataset = lock_dataset(session, dataset_id)
    name = require_active(dataset, index)
    refuse_used(session, dataset, index)
    changed = [setting(dataset, "removed", index, True)]
    change_settings(session, dataset, changed, Entry(ChangeKind.CLASS_REMOVED, {"name": name}, reviewer))


def change_settings(session: Session, dataset: Dataset, changed: Sequence[Setting], entry: Entry) -> Change:
    """Write the settings, bring samples up to date, and log it with what undoes it."""
    return log_settings(session, dataset, changed, entry, apply_settings(session, dataset, changed))


def apply_settings(
    session: Session, dataset: Dataset, changed: Sequence[Setting], settled_by_merge: Sequence[int] = ()
) -> list[int]:
    """Write the settings and bring samples up to date; returns the ids of those that are settled thereby.

    `settled_by_merge` are those that the change which is undone had settled. Raises what `write_settings`
    raises.
    """
    before = dataset.class_map
    write_settings(dataset, changed)
    labels = affected_labels(before, dataset.class_map)
    return bring_up_to_date(session, dataset, labels, settled_by_merge) if labels else []


def log_settings(  # noqa: PLR0913, PLR0917 # what was changed, and how
    session: Session,
    dataset: Dataset,
    changed: Sequence[Setting],
    entry: Entry,
    settled: Sequence[int],
    decisions: Sequence[int] = (),
) -> Change:
    """Log the settings with what undoes them. `decisions`: ids of verifications that the undo withdraws."""
    undo = {
        "settings": [one.reversed() for one in changed],
        "settled": list(settled),
        "decisions": list(decisions),
    }
    return record_change(
        session,
        dataset,
        entry.kind,
        entry.details,
        reviewer=entry.reviewer,
        undo=json.dumps(undo).encode(),
        undoes=entry.undoes,
    )


def undo_class_change(session: Session, dataset: Dataset, change: Change, entry: Entry) -> Change:
    """Restore what a change of classes replaced. Raises `ChangedSinceError`, `ClassEditError`,
    `ClassInUseError` if a class that it added has labels by now.
    """
    undo = json.loads(change.undo or b"{}")
    changed = [Setting(*one) for one in undo["settings"]]
    removed = [one.of for one in changed if one.field == "removed" and one.after and one.of is not None]
    withdraw = partial(withdraw_all, session, dataset, undo["decisions"], entry.reviewer)
    # Decisions are for a class as long as there is one: withdrawn before it goes, restored when it is back.
    decisions = withdraw() if removed else []
    for index in removed:
        refuse_used(session, dataset, index)
    settled = apply_settings(session, dataset, changed, undo["settled"])
    decisions = decisions or withdraw()
    return log_settings(session, dataset, changed, entry, settled, decisions)


def require_active(dataset: Dataset, index: int) -> str:
    """The name of a class that can be given. Raises `NotFoundError`."""
    if not dataset.class_map.is_active(index):
        raise NotFoundError("class", index)
    return dataset.classes[index]


def refuse_taken(dataset: Dataset, name: str, index: int | None = None) -> None:
    """Raise `ClassEditError` if a name means another class than `index`."""
    found = dataset.class_map.find(name)
    if found is None or found == index:
        return
    present = dataset.classes[found]
    if present == name:
        raise ClassEditError("class_exists", f"The dataset has a class {name!r} already.")
    raise ClassEditError(
        "class_exists", f"{name!r} is a former name of the class {present!r}, or was merged into it."
    )


def refuse_used(session: Session, dataset: Dataset, index: int) -> None:
    """Raise `ClassInUseError` if a sample or an active decision has the class."""
    labels = dataset.class_map.members(index)
    is_labelled = Sample.given_label.in_(labels) | Sample.settled_label.in_(labels)
    samples = select(func.count()).where(Sample.dataset_id == dataset.id, is_labelled)
    samples = samples.execution_options(**REMOVED_TOO)
    decisions = select(func.count()).where(
        Verification.dataset_id == dataset.id,
        Verification.label.in_(labels),
        Verification.verdict != Verdict.WITHDRAWN,
        is_active(),
    )
    count = (session.scalar(samples) or 0) + (session.scalar(decisions) or 0)
    if count:
        raise ClassInUseError(dataset.classes[index], count)
