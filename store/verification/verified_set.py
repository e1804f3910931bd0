"""Counts the verified set: samples whose true class is settled, and how many more a job needs.

`store.verification.record` and `store.verification.bulk_upload` add to it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mslg_rules.holdout import HOLDOUT_PARTS, PARTS
from mslg_rules.required import Supply, needed_labels
from store.errors import NotFoundError, TooFewVerifiedError, VerificationError
from store.models.dataset import Dataset
from store.models.verification import SampleCount
from store.verification.splits import count_splits

WORTHWHILE_HOLDOUT = 15
"""Smallest useful hold-out. It measures an accuracy to about 23 percentage points either way: the 95 % Wilson
interval of 8 correct in 15 is 0.30 to 0.75, and it is narrower for better accuracies. More of them spare
fewer decisions than they cost, see docs/explanation/review.md."""


@dataclass(frozen=True, slots=True)
class ClassCount:
    """One class in the verified set: its settled samples, and how many samples came with its label (`given`).

    `needed` is how many more randomly selected labels a job requires, see `mslg_rules.required`. It never
    exceeds the number of samples without a verdict (`unseen`), so that rare classes block no job.
    """

    label: str
    given: int
    total: int
    meta: int
    holdout: int
    unseen: int
    needed: int


@dataclass(frozen=True, slots=True)
class VerifiedSet:
    """The state of a dataset's verified set, class by class in the dataset's order."""

    classes: tuple[ClassCount, ...]
    separate: int = 0
    """Settled samples without a given label."""

    @property
    def total(self) -> int:
        """Settled samples."""
        return sum(count.total for count in self.classes)

    @property
    def meta(self) -> int:
        """Settled samples that jobs learn from."""
        return sum(count.meta for count in self.classes)

    @property
    def holdout(self) -> int:
        """Settled samples that are only used for evaluation."""
        return sum(count.holdout for count in self.classes)

    @property
    def missing(self) -> int:
        """How many more randomly selected labels a job requires in total."""
        return sum(count.needed for count in self.classes)

    @property
    def recommended_missing(self) -> int:
        """About how many more randomly selected labels make a job worth running; 0 when it is.

        A job is worth running when the hold-out has `WORTHWHILE_HOLDOUT` samples. Of the labels that a class
        needs anyway, at least one is held out; of all others, three in ten.
        """
        holdout = self.holdout + sum(1 for count in self.classes if count.needed and not count.holdout)
        lacking = max(0, WORTHWHILE_HOLDOUT - holdout)
        wanted = self.missing + -(-lacking * PARTS // HOLDOUT_PARTS)
        return min(wanted, sum(count.unseen for count in self.classes))

    @property
    def ready(self) -> bool:
        """Whether a job can start."""
        return bool(self.classes) and self.missing == 0


def verified_set(session: Session, dataset: Dataset) -> VerifiedSet:
    """Count the verified set."""
    splits = count_splits(session, dataset)
    given = count_given(session, dataset)
    needed = needed_labels(splits, given)
    return VerifiedSet(
        separate=_count_separate(session, dataset.id),
        classes=tuple(
            ClassCount(
                label=dataset.classes[index],
                given=given[index].total,
                total=split.total,
                meta=split.meta,
                holdout=split.holdout,
                unseen=given[index].unseen,
                needed=needed.get(index, 0),
            )
            for index, split in splits.items()
        ),
    )


def require_enough(session: Session, dataset: Dataset) -> VerifiedSet:
    """The verified set. Raises `TooFewVerifiedError` with what each class lacks."""
    counted = verified_set(session, dataset)
    if counted.missing:
        raise TooFewVerifiedError({c.label: c.needed for c in counted.classes if c.needed})
    return counted


def class_index(dataset: Dataset, name: str) -> int:
    """The index of an active class, by its present name or one of the past. Raises `VerificationError`."""
    index = dataset.class_map.find(name)
    if index is None:
        raise VerificationError("unknown_class", f"The dataset has no class {name!r}.")
    return index


def lock_dataset(session: Session, dataset_id: str) -> Dataset:
    """The dataset, locked until the transaction ends: splits depend on counts, so writers take turns."""
    statement = select(Dataset).where(Dataset.id == dataset_id).with_for_update(key_share=True)
    statement = statement.execution_options(
        populate_existing=True
    )  # the session may have read it before the lock
    dataset = session.scalars(statement).one_or_none()
    if dataset is None:
        raise NotFoundError("dataset", dataset_id)
    return dataset


def count_given(session: Session, dataset: Dataset) -> Mapping[int, Supply]:
    """Samples by the class of the given label."""
    without_verdict = func.sum(SampleCount.num).filter(SampleCount.verdict == "")
    statement = (
        select(SampleCount.given_label, func.sum(SampleCount.num), func.coalesce(without_verdict, 0))
        .where(SampleCount.dataset_id == dataset.id, SampleCount.given_label >= 0)
        .group_by(SampleCount.given_label)
    )
    classes, counts = dataset.class_map, defaultdict[int, Supply](Supply)
    for label, total, unseen in session.execute(statement):
        before = counts[classes.read(label)]
        counts[classes.read(label)] = Supply(before.total + int(total), before.unseen + int(unseen))
    return counts


def _count_separate(session: Session, dataset_id: str) -> int:
    """Settled samples without a given label."""
    settled = select(func.sum(SampleCount.num)).where(
        SampleCount.dataset_id == dataset_id, SampleCount.given_label < 0, SampleCount.settled_label >= 0
    )
    return int(session.scalar(settled) or 0)
