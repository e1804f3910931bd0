"""Metrics of a cleaning, over the unverified samples."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.problems.datasets import Ints
from benchmarks.problems.problem import Problem
from mslg_core.ranking.metrics import auroc, average_precision, precision_at, recall_at

TOP = 0.05
REVIEWED = (10, 20, 40)
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Cleaning:
    """Output of a cleaner for N samples: score [N], low = probably wrong; suggestion and corrected label
    int64 [N]; `seconds` of training.
    """

    score: NDArray[np.floating]
    suggestion: Ints
    corrected: Ints
    seconds: float


def label_figures(problem: Problem, cleaning: Cleaning) -> dict[str, float | None]:
    """Metrics by name; None if undefined. `found_in_20` is the recall of wrong labels in the first 20 % of
    the ranking.
    """
    unseen = problem.unseen
    true, given = problem.true[unseen], problem.given[unseen]
    wrong, score = given != true, cleaning.score[unseen]
    rank = ranks(score)
    figures = {
        "label_accuracy_before": np.mean(~wrong),
        "label_accuracy_after": np.mean(cleaning.corrected[unseen] == true),
        "suggestion_accuracy": np.mean(cleaning.suggestion[unseen] == true),
        "auroc": auroc(-score, wrong),
        "average_precision": average_precision(-score, wrong),
        "precision_top_5": precision_at(rank, wrong, max(1, round(TOP * len(rank)))),
    }
    for percent in REVIEWED:
        figures[f"found_in_{percent}"] = recall_at(rank, wrong, round(percent / 100 * len(rank)))
    return {name: rounded(value) for name, value in figures.items()} | {"seconds": round(cleaning.seconds, 1)}


def ranks(score: NDArray[np.floating]) -> Ints:
    """Rank int64 [N] of each score, 1 for the lowest. Equal scores keep their order."""
    rank = np.empty(len(score), dtype=np.int64)
    rank[np.argsort(score, kind="stable")] = np.arange(1, len(score) + 1)
    return rank


def rounded(value: float) -> float | None:
    """A metric as result files store it. JSON has no NaN, so NaN becomes None."""
    return None if np.isnan(value) else round(float(value), DIGITS)
