"""Counts the verified set: samples whose true class is settled, and how many more a job needs.

`store.verification.record` and `store.verification.bulk_upload` add to it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mslg_rules.holdout import HOLDOUT_PARTS, PARTS
from store.errors import NotFoundError, TooFewVerifiedError, VerificationError
from store.models.dataset import Dataset, Sample
from store.verification.splits import count_splits

WORTHWHILE_HOLDOUT = 30
"""Smallest useful hold-out. It measures an accuracy to about 17 percentage points either way: the 95 % Wilson
interval of 15 correct in 30 is 0.33 to 0.67, and it is narrower for better accuracies."""


@dataclass(frozen=True, slots=True)
class ClassCount:
    """One class in the verified set: its settled samples, and how many samples came with its label (`given`).

    `needed` is how many more randomly selected labels a job requires. It never exceeds the number of samples
    without a verdict (`unseen`), so that rare classes block no job.
    """

    label: str
    given: int
    total: int
    meta: int
    holdout: int
    unseen: int
    needed: int


class _Given(NamedTuple):
    """Samples with one given label, and those of them without a verdict, and settled."""

    total: int = 0
    unseen: int = 0
    settled: int = 0


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
    splits = count_splits(session, dataset.id, len(dataset.classes))
    given = _count_given(session, dataset.id)
    return VerifiedSet(
        separate=given[None].settled,
        classes=tuple(
            ClassCount(
                label=dataset.classes[index],
                given=given[index].total,
                total=split.total,
                meta=split.meta,
                holdout=split.holdout,
                unseen=given[index].unseen,
                needed=min(split.needed(), given[index].unseen),
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
    """The index of a class. Raises `VerificationError` for an unknown one."""
    try:
        return dataset.classes.index(name)
    except ValueError:
        raise VerificationError("unknown_class", f"The dataset has no class {name!r}.") from None


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


def _count_given(session: Session, dataset_id: str) -> Mapping[int | None, _Given]:
    """Samples by given label; None for those without one."""
    statement = (
        select(Sample.given_label, func.count(), func.count().filter(Sample.verdict.is_(None)))
        .add_columns(func.count(Sample.settled_label))
        .where(Sample.dataset_id == dataset_id)
        .group_by(Sample.given_label)
    )
    counts: dict[int | None, _Given] = {row[0]: _Given(*row[1:]) for row in session.execute(statement)}
    return defaultdict(_Given, counts)
