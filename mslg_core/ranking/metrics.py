"""Metrics of labels and rankings."""

from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Ints = NDArray[np.int64]


def auroc(score: Floats, positive: NDArray[np.bool_]) -> float:
    """Probability that a positive has a higher score than a negative, ties count half; nan without both.

    Source: Mann and Whitney's U.
    """
    num_positive = int(positive.sum())
    num_negative = len(positive) - num_positive
    if not num_positive or not num_negative:
        return float("nan")
    _, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    mean_rank = np.cumsum(counts) - (counts - 1) / 2
    u = mean_rank[inverse][positive].sum() - num_positive * (num_positive + 1) / 2
    return float(u / (num_positive * num_negative))


def average_precision(score: Floats, positive: NDArray[np.bool_]) -> float:
    """Average precision, from the highest score down; equal scores count as one step; nan without positives.

    If all scores differ, this is the mean precision at each positive.
    """
    if not positive.any():
        return float("nan")
    order = np.argsort(-score, kind="stable")
    last_of_step = np.append(np.diff(score[order]) != 0, True)
    found = np.cumsum(positive[order])[last_of_step]
    precision = found / (np.flatnonzero(last_of_step) + 1)
    return float(np.sum(np.diff(found, prepend=0) * precision) / found[-1])


def precision_at(rank: Ints, wrong: NDArray[np.bool_], k: int) -> float:
    """Share of wrong labels among the k most suspicious (rank 1 to k)."""
    return float(np.mean(wrong[rank <= k]))


def recall_at(rank: Ints, wrong: NDArray[np.bool_], k: int) -> float:
    """Share of all wrong labels that are among the k most suspicious (rank 1 to k); nan without any."""
    return float(np.mean(rank[wrong] <= k)) if wrong.any() else float("nan")


class FixesAndBreaks(NamedTuple):
    """Wrong labels put right and right labels put wrong. A wrong label that stays wrong is neither."""

    fixes: int
    breaks: int

    @property
    def p_value(self) -> float:
        """One-sided mid-p sign test.

        The probability of more fixes plus half the probability of as many, if fixing and breaking are equally
        likely. Without the half a discrete test is too strict. Source: Lancaster (1961).
        """
        n = self.fixes + self.breaks
        outcomes = doubled = comb(n, self.fixes)  # integers: floats overflow from 1,030 samples on
        for k in range(self.fixes, n):
            outcomes = outcomes * (n - k) // (k + 1)
            doubled += 2 * outcomes
        return float(doubled / 2 ** (n + 1))


def fixes_and_breaks(before: Ints, after: Ints, true: Ints) -> FixesAndBreaks:
    """Compare labels before and after a correction with the true classes, int64 [H] each."""
    return FixesAndBreaks(
        int(np.sum((before != true) & (after == true))), int(np.sum((before == true) & (after != true)))
    )
