"""The division of the verified set into meta set and hold-out, per class and for good."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from store.models.dataset import Sample, Split

NEEDED_META = 2
NEEDED_HOLDOUT = 1
HOLDOUT_PARTS, PARTS = 3, 10
"""The hold-out's share of the samples that no ranking picked."""


@dataclass(slots=True)
class ClassSplit:
    """Where the settled samples of one class are. Those that a ranking picked are all in the meta set."""

    fair_meta: int = 0
    picked_meta: int = 0
    holdout: int = 0

    @property
    def meta(self) -> int:
        """Size of the class's meta set."""
        return self.fair_meta + self.picked_meta

    @property
    def total(self) -> int:
        """Size of the class's verified set."""
        return self.meta + self.holdout

    def add(self, split: Split, *, picked_by_ranking: bool, count: int = 1) -> None:
        """Count samples whose place is decided."""
        if split is Split.HOLDOUT:
            self.holdout += count
        elif picked_by_ranking:
            self.picked_meta += count
        else:
            self.fair_meta += count

    def join(self, *, picked_by_ranking: bool) -> Split:
        """Count one more sample and say where it goes.

        Of n samples that no ranking picked, 0.3 n (halves rounded up) are to be in the hold-out. Counting
        what is there now, not who came n-th, repairs the share after a label was changed or withdrawn.
        """
        fair = self.fair_meta + self.holdout + 1
        to_holdout = not picked_by_ranking and self.holdout < share_of_holdout(fair)
        split = Split.HOLDOUT if to_holdout else Split.META
        self.add(split, picked_by_ranking=picked_by_ranking)
        return split

    def needed(self) -> int:
        """How many more uploaded labels the class needs before a job can start."""
        future = ClassSplit(self.fair_meta, self.picked_meta, self.holdout)
        joined = 0
        while future.meta < NEEDED_META or future.holdout < NEEDED_HOLDOUT:
            future.join(picked_by_ranking=False)
            joined += 1
        return joined


def share_of_holdout(n: int) -> int:
    """0.3 n, halves rounded up, in integers."""
    return (HOLDOUT_PARTS * n + PARTS // 2) // PARTS


def count_splits(session: Session, dataset_id: str, num_classes: int) -> Mapping[int, ClassSplit]:
    """The present state of every class, by class index."""
    return _count(session, dataset_id, range(num_classes), Sample.settled_label.is_not(None))


def count_labels(session: Session, dataset_id: str, labels: Collection[int]) -> Mapping[int, ClassSplit]:
    """The present state of some classes, by class index."""
    if not labels:
        return {}
    return _count(session, dataset_id, labels, Sample.settled_label.in_(labels))


def _count(
    session: Session, dataset_id: str, labels: Iterable[int], condition: ColumnElement[bool]
) -> dict[int, ClassSplit]:
    splits = {label: ClassSplit() for label in labels}
    statement = (
        select(Sample.settled_label, Sample.split, Sample.picked_by_ranking, func.count())
        .where(Sample.dataset_id == dataset_id, condition)
        .group_by(Sample.settled_label, Sample.split, Sample.picked_by_ranking)
    )
    for label, split, picked, count in session.execute(statement):
        if label is not None and split is not None:
            splits[label].add(split, picked_by_ranking=picked, count=count)
    return splits
