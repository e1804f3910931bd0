"""Finds all issues besides label errors, in a comparison of the images and their properties."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mslg_core.images.training_set import Indices
from mslg_core.issues.bad_images import score_images
from mslg_core.issues.comparison import Comparison
from mslg_core.issues.duplicates import Duplicates
from mslg_core.issues.outliers import find_outliers
from mslg_core.reports import IssueCounts
from mslg_rules.issue_kind import IssueKind

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class IssueList:
    """The samples with one kind of issue: index int64 [n], the worst first; score float32 [n], low = bad;
    group int64 [n]: numbers of groups of duplicates, 0 for none.
    """

    index: Indices
    score: Floats
    group: Indices


class Group(NamedTuple):
    """A group of duplicates. Numbers count from 1."""

    number: int
    size: int
    is_exact: bool
    labels_disagree: bool


@dataclass(frozen=True, slots=True)
class Issues:
    """All issues that were looked for, and the groups of duplicates."""

    lists: dict[IssueKind, IssueList]
    groups: list[Group]

    def by_sample(self) -> dict[int, tuple[tuple[IssueKind, ...], int | None]]:
        """The kinds of issues of each sample that has any, and the number of its group of duplicates."""
        found: dict[int, tuple[tuple[IssueKind, ...], int | None]] = {}
        for kind, listed in self.lists.items():
            for sample, group in zip(listed.index.tolist(), listed.group.tolist(), strict=True):
                kinds, number = found.get(sample, ((), None))
                found[sample] = ((*kinds, kind), group or number)
        return found

    def count(self) -> IssueCounts:
        """The figures for the summary of the run."""
        return IssueCounts(
            counts={kind: len(found.index) for kind, found in self.lists.items()},
            duplicate_groups=len(self.groups),
            conflicting_groups=sum(group.labels_disagree for group in self.groups),
        )


def find_issues(comparison: Comparison, labels: Indices, likely: Indices) -> Issues:
    """The issues of N samples. labels int64 [N]: settled classes, else given ones; likely int64 [N]: settled
    classes, else suggestions.
    """
    groups, number = number_groups(comparison.duplicates, labels)
    lists = _list_duplicates(comparison.duplicates, groups, number)
    outliers = find_outliers(comparison.vectors, likely, comparison.neighbours)
    lists[IssueKind.OUTLIER] = _list_worst(outliers.is_outlier, outliers.score)
    lists[IssueKind.OUT_OF_DISTRIBUTION] = _list_worst(outliers.is_foreign, outliers.score)
    for kind, (scores, threshold) in score_images(comparison.properties).items():
        lists[kind] = _list_worst(scores < threshold, scores.astype(np.float32))
    return Issues(lists, groups)


def number_groups(duplicates: Duplicates, labels: Indices) -> tuple[list[Group], Indices]:
    """The groups in order, those whose labels disagree first, then the most similar; and the number of each
    sample's group, int64 [N], 0 for none.
    """
    members = np.flatnonzero(duplicates.group >= 0)
    roots, index = np.unique(duplicates.group[members], return_inverse=True)
    sizes = np.bincount(index, minlength=len(roots))
    distances = np.bincount(index, duplicates.distance[members], len(roots)) / np.maximum(sizes, 1)
    disagree = _differ(labels[members], index, len(roots))
    is_exact = ~_differ(duplicates.file[members], index, len(roots))
    order = np.lexsort((roots, distances, ~disagree))
    position = np.empty(len(roots), dtype=np.int64)
    position[order] = np.arange(1, len(roots) + 1)
    number = np.zeros(len(labels), dtype=np.int64)
    number[members] = position[index]
    columns = (column[order].tolist() for column in (position, sizes, is_exact, disagree))
    return [Group(*row) for row in zip(*columns, strict=True)], number


def _differ(values: Indices, index: Indices, count: int) -> NDArray[np.bool_]:
    """Whether the `values` [n] of each of `count` groups differ, [count]; `index` [n] are their groups."""
    low, high = np.full(count, np.iinfo(np.int64).max), np.full(count, np.iinfo(np.int64).min)
    np.minimum.at(low, index, values)
    np.maximum.at(high, index, values)
    return np.asarray(low != high)


def _list_duplicates(
    duplicates: Duplicates, groups: list[Group], number: Indices
) -> dict[IssueKind, IssueList]:
    disagree = np.array([False, *(group.labels_disagree for group in groups)])[number]
    is_member = number > 0
    chosen = {
        IssueKind.EXACT_DUPLICATE: is_member & duplicates.is_exact,
        IssueKind.NEAR_DUPLICATE: is_member & ~duplicates.is_exact,
        IssueKind.CONFLICTING_DUPLICATE: disagree,
    }
    return {kind: _list_groups(mask, duplicates.distance, number) for kind, mask in chosen.items()}


def _list_groups(mask: NDArray[np.bool_], distance: Floats, number: Indices) -> IssueList:
    index = np.flatnonzero(mask)
    index = index[np.lexsort((index, number[index]))]
    return IssueList(index, distance[index], number[index])


def _list_worst(mask: NDArray[np.bool_], score: Floats) -> IssueList:
    index = np.flatnonzero(mask)
    index = index[np.argsort(score[index], kind="stable")]
    return IssueList(index, score[index], np.zeros(len(index), dtype=np.int64))
