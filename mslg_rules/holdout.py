"""Splits the verified set into meta set and hold-out, permanently.

30 % of each class's randomly selected samples are held out (halves rounded up). A class with one or
two of them is too small for a share of its own: its first samples are held out while the whole verified set
has less than 30 %. So a thousand classes with one verified sample each have a hold-out of 300.

Samples verified together join in the order of a hash of their file names, so neither the uploader nor the
order of a table influences which are held out. Samples that were not randomly selected join the meta set.
Duplicates join the same split, see docs/decisions/0014-issues.md. All else is in
docs/decisions/0002-meta-set-and-hold-out.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
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
    """A sample that is settled for the first time. `label` is a class index; `group` its group of duplicates,
    None if it has none.
    """

    file_name: str
    label: int
    selection: Selection = Selection.RANDOM
    group: int | None = None


@dataclass(slots=True)
class ClassSplit:
    """Settled samples of one class, or of all classes, counted by split. `other_meta` are not randomly
    selected.
    """

    random_meta: int = 0
    other_meta: int = 0
    holdout: int = 0

    @property
    def meta(self) -> int:
        """Size of the meta set."""
        return self.random_meta + self.other_meta

    @property
    def total(self) -> int:
        """Size of the verified set."""
        return self.meta + self.holdout

    @property
    def is_short(self) -> bool:
        """Whether the hold-out lacks a sample once another randomly selected one has joined.

        The share is kept relative to the present counts, not to the order of arrival. That restores it after
        a label was changed or withdrawn.
        """
        return self.holdout < share_of_holdout(self.random_meta + self.holdout + 1)

    def add(self, split: Split, selection: Selection, count: int = 1) -> None:
        """Count samples whose split is already assigned."""
        if split is Split.HOLDOUT:
            self.holdout += count
        elif selection.is_measurable:
            self.random_meta += count
        else:
            self.other_meta += count

    def join(
        self,
        whole: "ClassSplit",
        selection: Selection = Selection.RANDOM,
        split_of_group: Split | None = None,
    ) -> Split:
        """Count one more sample of this class, here and in the `whole` verified set, and return its split."""
        wanted = self._holds_out(whole) if split_of_group is None else split_of_group is Split.HOLDOUT
        to_holdout = selection.is_measurable and wanted
        split = Split.HOLDOUT if to_holdout else Split.META
        self.add(split, selection)
        whole.add(split, selection)
        return split

    def _holds_out(self, whole: "ClassSplit") -> bool:
        """Whether the next randomly selected sample is held out."""
        if self.holdout:
            return self.is_short
        return self.meta >= NEEDED_META or (whole.meta >= NEEDED_META and whole.is_short)

    def needed(self) -> int:
        """How many more randomly selected labels the class needs before a job can start."""
        return max(0, NEEDED_META - self.meta) + max(0, NEEDED_HOLDOUT - self.holdout)


def share_of_holdout(n: int) -> int:
    """0.3 n, halves rounded up, in integers."""
    return (HOLDOUT_PARTS * n + PARTS // 2) // PARTS


def split_newcomers(
    newcomers: Sequence[Newcomer],
    counts: Mapping[int, ClassSplit],
    placed: Mapping[int, Split] = MappingProxyType({}),
) -> list[Split]:
    """The split of each newcomer, in the order given. Updates `counts`, by class index, in place.

    `counts` hold every class that has settled samples or gets one. `placed` holds the splits of groups of
    duplicates: a newcomer joins the split of its group, unless that is the hold-out and it was not randomly
    selected.
    """
    whole = _sum(counts.values())
    splits: dict[int, Split] = {}
    groups = dict(placed)
    for newcomer in newcomers:
        if newcomer.group is not None and not newcomer.selection.is_measurable:
            groups.setdefault(newcomer.group, Split.META)
    for index in sorted(
        range(len(newcomers)), key=lambda i: sha256(newcomers[i].file_name.encode()).digest()
    ):
        newcomer = newcomers[index]
        split = None if newcomer.group is None else groups.get(newcomer.group)
        splits[index] = counts[newcomer.label].join(whole, newcomer.selection, split)
        if newcomer.group is not None:
            groups.setdefault(newcomer.group, splits[index])
    return [splits[index] for index in range(len(newcomers))]


def _sum(counts: Iterable[ClassSplit]) -> ClassSplit:
    found = ClassSplit()
    for split in counts:
        found.random_meta += split.random_meta
        found.other_meta += split.other_meta
        found.holdout += split.holdout
    return found
