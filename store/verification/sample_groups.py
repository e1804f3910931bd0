"""What keeps samples that belong together in one split: duplicates, and the dataset's group column.

A dataset may name a column of its metadata, such as the patient or the scene. Samples with the same value
join the same split. Where duplicates and the column disagree, the column decides.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from mslg_rules.holdout import Split
from store.metadata.cells import text_of
from store.metadata.columns import column_names
from store.models.dataset import Dataset, Sample
from store.verification.duplicate_groups import find_splits

BATCH = 5_000
Key = tuple[str, Any]


class Groups(NamedTuple):
    """The group of each sample by id, and the splits of groups that have settled samples."""

    by_sample: Mapping[int, int]
    placed: Mapping[int, Split]


def find_groups(session: Session, dataset: Dataset, duplicates: Mapping[int, int | None]) -> Groups:
    """The groups of samples that are settled for the first time. duplicates: their groups of duplicates."""
    values = read_group_values(session, dataset, list(duplicates))
    keys = {sample: _keys(values.get(sample), group) for sample, group in duplicates.items()}
    placed: dict[Key, Split] = {
        ("duplicates", group): split
        for group, split in find_splits(session, dataset.id, duplicates.values()).items()
    }
    placed |= _splits_of_values(session, dataset, set(values.values()))
    return _join(keys, placed)


def read_group_values(session: Session, dataset: Dataset, sample_ids: Sequence[int]) -> dict[int, str]:
    """The values of the group column, by sample; nothing for samples without one."""
    number = group_number(dataset)
    found: dict[int, str] = {}
    if number is None:
        return found
    for start in range(0, len(sample_ids), BATCH):
        batch = sample_ids[start : start + BATCH]
        statement = select(Sample.id, text_of(number)).where(Sample.id.in_(batch))
        found |= {sample: value for sample, value in session.execute(statement) if value is not None}
    return found


def group_number(dataset: Dataset) -> int | None:
    """The number of the group column; None if the dataset has none."""
    names = column_names(dataset)
    return names.index(dataset.group_column) if dataset.group_column in names else None


def _keys(value: str | None, group: int | None) -> list[Key]:
    keys: list[Key] = [] if value is None else [("value", value)]
    return keys if group is None else [*keys, ("duplicates", group)]


def _splits_of_values(session: Session, dataset: Dataset, values: set[str]) -> dict[Key, Split]:
    """The splits of values that have settled samples; the hold-out if a value has both."""
    number = group_number(dataset)
    if number is None or not values:
        return {}
    statement = (
        select(text_of(number), Sample.split)
        .where(Sample.dataset_id == dataset.id, Sample.settled_label.is_not(None))
        .distinct()
    )
    found: dict[Key, Split] = {}
    for value, split in session.execute(statement):
        key = ("value", value)
        if value in values and split is not None and found.get(key) is not Split.HOLDOUT:
            found[key] = split
    return found


def _join(keys: Mapping[int, Sequence[Key]], placed: Mapping[Key, Split]) -> Groups:
    """Number the groups: keys that one sample has are one group, unless they are in different splits."""
    roots: dict[Key, Key] = {}
    splits = dict(placed)

    def root(key: Key) -> Key:
        while (above := roots.setdefault(key, key)) != key:
            key = above
        return key

    for first, *others in filter(None, keys.values()):
        for other in others:
            one, two = root(first), root(other)
            both = {splits.get(one), splits.get(two)} - {None}
            if one != two and len(both) <= 1:
                roots[two] = one
                splits.update((one, split) for split in both if split is not None)
    numbers: dict[Key, int] = {}
    by_sample = {
        sample: numbers.setdefault(root(own[0]), len(numbers)) for sample, own in keys.items() if own
    }
    return Groups(by_sample, {number: splits[key] for key, number in numbers.items() if key in splits})
