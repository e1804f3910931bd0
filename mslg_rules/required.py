"""How many verified labels a job needs before it can start. One rule for `mslg clean` and the service.

Each class needs two samples to learn from and a held-out one. A class with fewer images cannot give them and
needs none, unless all classes are so small: then they need as many together. A verified set of `ENOUGH` is
enough for any number of classes.
"""

from collections.abc import Mapping
from typing import NamedTuple

from mslg_rules.holdout import NEEDED_HOLDOUT, NEEDED_META, ClassSplit

SMALL_CLASS = NEEDED_META + NEEDED_HOLDOUT
"""A class with fewer images is small."""
ENOUGH = 300
MAX_NAMED = 10


class Supply(NamedTuple):
    """Samples with one given label, and those of them without a verdict."""

    total: int = 0
    unseen: int = 0


def needed_labels(splits: Mapping[int, ClassSplit], given: Mapping[int, Supply]) -> dict[int, int]:
    """How many more randomly selected labels each class needs, by class index, without those that need none.

    No class needs more than it has samples without a verdict.

    splits: the verified set by true class; given: the samples by given label.
    """
    if sum(split.total for split in splits.values()) >= ENOUGH:
        return {}
    supply = {label: given.get(label, Supply()) for label in splits}
    large = [label for label in splits if supply[label].total >= SMALL_CLASS]
    if not large:
        return _needed_together(splits, supply)
    found = {label: min(splits[label].needed(), supply[label].unseen) for label in large}
    return {label: needed for label, needed in found.items() if needed}


def name_needed(needed: Mapping[str, int]) -> str:
    """What the classes need, by class name, as part of a sentence. Names the first `MAX_NAMED`."""
    named = [f"{count} more of {name!r}" for name, count in list(needed.items())[:MAX_NAMED]]
    others = len(needed) - len(named)
    return ", ".join(named) + (f" and labels of {others:,} more classes" if others else "")


def _needed_together(splits: Mapping[int, ClassSplit], supply: Mapping[int, Supply]) -> dict[int, int]:
    """The labels that small classes need as if they were one, taken from the first with samples left."""
    whole = ClassSplit(
        sum(split.random_meta for split in splits.values()),
        sum(split.other_meta for split in splits.values()),
        sum(split.holdout for split in splits.values()),
    )
    lacking, found = whole.needed(), dict[int, int]()
    for label, (_, unseen) in supply.items():
        if taken := min(lacking, unseen):
            found[label] = taken
            lacking -= taken
    return found
