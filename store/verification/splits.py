"""Counts a dataset's verified set by class and split, for the rule in `mslg_rules.holdout`."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from mslg_rules.holdout import ClassSplit
from store.models.dataset import Dataset, Sample


def count_splits(session: Session, dataset: Dataset) -> Mapping[int, ClassSplit]:
    """The present counts of every active class, by class index."""
    return _count(session, dataset, dataset.class_map.order, Sample.settled_label.is_not(None))


def count_labels(session: Session, dataset: Dataset, labels: Collection[int]) -> Mapping[int, ClassSplit]:
    """The present counts of some classes, by class index: what decides the split of their new samples.

    All classes are counted if one of these has no hold-out, because the whole verified set decides then.
    """
    if not labels:
        return {}
    stored = [member for label in labels for member in dataset.class_map.members(label)]
    counts = _count(session, dataset, labels, Sample.settled_label.in_(stored))
    if all(split.holdout for split in counts.values()):
        return counts
    return count_splits(session, dataset)


def _count(
    session: Session, dataset: Dataset, labels: Iterable[int], condition: ColumnElement[bool]
) -> dict[int, ClassSplit]:
    classes, splits = dataset.class_map, {label: ClassSplit() for label in labels}
    statement = (
        select(Sample.settled_label, Sample.split, Sample.selection, func.count())
        .where(Sample.dataset_id == dataset.id, condition)
        .group_by(Sample.settled_label, Sample.split, Sample.selection)
    )
    for label, split, selection, count in session.execute(statement):
        if label is not None and split is not None and selection is not None:
            splits[classes.read(label)].add(split, selection, count)
    return splits
