"""Splits the verified set into meta set and hold-out, per class and permanently.

Three in ten of each class's randomly selected samples are held out (halves rounded up). Samples verified
together join in the order of a hash of their file names, so neither the uploader nor the order of a table
influences which are held out. All other samples join the meta set.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from mslg_rules.selection import Selection

NEEDED_META = 2
NEEDED_HOLDOUT = 1
HOLDOUT_PARTS, PARTS = 3, 10
"""The hold-out's share of the randomly selected samples."""


class Split(StrEnum):
    """Which part of the verified set a sample belongs to; it never changes."""

    META = "meta"
    HOLDOUT = "holdout"


class Newcomer(NamedTuple):
    """A sample that is settled for the first time. `label` is a class index."""

    file_name: str
    label: int
    selection: Selection = Selection.RANDOM


@dataclass(slots=True)
class ClassSplit:
    """Settled samples of one class, counted by split. `other_meta` are not randomly selected."""

    random_meta: int = 0
    other_meta: int = 0
    holdout: int = 0

    @property
    def meta(self) -> int:
        """Size of the class's meta set."""
        return self.random_meta + self.other_meta

    @property
    def total(self) -> int:
        """Size of the class's verified set."""
        return self.meta + self.holdout

    def add(self, split: Split, selection: Selection, count: int = 1) -> None:
        """Count samples whose split is already assigned."""
        if split is Split.HOLDOUT:
            self.holdout += count
        elif selection.is_measurable:
            self.random_meta += count
        else:
            self.other_meta += count

    def join(self, selection: Selection = Selection.RANDOM) -> Split:
        """Count one more sample and return its split.

        The share is kept relative to the present counts, not to the order of arrival. That restores it after
        a label was changed or withdrawn.
        """
        random = self.random_meta + self.holdout + 1
        to_holdout = selection.is_measurable and self.holdout < share_of_holdout(random)
        split = Split.HOLDOUT if to_holdout else Split.META
        self.add(split, selection)
        return split

    def needed(self) -> int:
        """How many more randomly selected labels the class needs before a job can start."""
        future = ClassSplit(self.random_meta, self.other_meta, self.holdout)
        joined = 0
        while future.meta < NEEDED_META or future.holdout < NEEDED_HOLDOUT:
            future.join()
            joined += 1
        return joined


def share_of_holdout(n: int) -> int:
    """0.3 n, halves rounded up, in integers."""
    return (HOLDOUT_PARTS * n + PARTS // 2) // PARTS


def split_newcomers(newcomers: Sequence[Newcomer], counts: Mapping[int, ClassSplit]) -> list[Split]:
    """The split of each newcomer, in the order given. Updates `counts`, by class index, in place."""
    splits: dict[int, Split] = {}
    for index in sorted(
        range(len(newcomers)), key=lambda i: sha256(newcomers[i].file_name.encode()).digest()
    ):
        newcomer = newcomers[index]
        splits[index] = counts[newcomer.label].join(newcomer.selection)
    return [splits[index] for index in range(len(newcomers))]
