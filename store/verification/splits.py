"""Counts a dataset's verified set by class and split, for the rule in `mslg_rules.holdout`."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from mslg_rules.holdout import ClassSplit, Split
from mslg_rules.selection import Selection
from store.models.dataset import Dataset
from store.models.verification import SampleCount


def count_splits(session: Session, dataset: Dataset) -> Mapping[int, ClassSplit]:
    """The present counts of every active class, by class index."""
    return _count(session, dataset, dataset.class_map.order, SampleCount.settled_label >= 0)


def count_labels(session: Session, dataset: Dataset, labels: Collection[int]) -> Mapping[int, ClassSplit]:
    """The present counts of some classes, by class index: what decides the split of their new samples.

    All classes are counted if one of these has no hold-out, because the whole verified set decides then.
    """
    if not labels:
        return {}
    stored = [member for label in labels for member in dataset.class_map.members(label)]
    counts = _count(session, dataset, labels, SampleCount.settled_label.in_(stored))
    if all(split.holdout for split in counts.values()):
        return counts
    return count_splits(session, dataset)


def _count(
    session: Session, dataset: Dataset, labels: Iterable[int], condition: ColumnElement[bool]
) -> dict[int, ClassSplit]:
    classes, splits = dataset.class_map, {label: ClassSplit() for label in labels}
    statement = (
        select(SampleCount.settled_label, SampleCount.split, SampleCount.selection, func.sum(SampleCount.num))
        .where(SampleCount.dataset_id == dataset.id, condition, SampleCount.num > 0)
        .group_by(SampleCount.settled_label, SampleCount.split, SampleCount.selection)
    )
    for label, split, selection, count in session.execute(statement):
        splits[classes.read(label)].add(Split(split), Selection(selection), int(count))
    return splits
