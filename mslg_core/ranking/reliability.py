"""Reliability of a run's probabilities and precision of its ranking, measured on the hold-out.

The probabilities of hold-out samples are cross-fitted: each sample counts as if it were not verified.
"""

import numpy as np
from numpy.typing import NDArray

from mslg_core.ranking.metrics import Ints
from mslg_core.ranking.verified import Verified
from mslg_core.reports import Interval, ReliabilityBin, TopErrors

BINS = 10
# Shares of all samples, the most suspicious first, whose error rate is reported.
SHARES = (0.01, 0.05, 0.1, 0.2)

Floats = NDArray[np.float32]


def measure_reliability(probabilities: Floats, labels: Ints) -> list[ReliabilityBin]:
    """Reliability diagram: accuracy of the suggestions by their probability, without empty bins.

    Args: probabilities [H, C] of the true class, cross-fitted; labels int64 [H], the settled classes.
    """
    suggested = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    number = np.minimum((suggested * BINS).astype(np.int64), BINS - 1)
    bins = []
    for own in np.unique(number).tolist():
        inside = number == own
        accuracy = Interval.wilson(int(right[inside].sum()), int(inside.sum()))
        assert accuracy is not None  # noqa: S101 # for the type checker: the bin is not empty
        bins.append(
            ReliabilityBin(
                low=own / BINS,
                high=(own + 1) / BINS,
                n=accuracy.n,
                mean_probability=min(1.0, float(suggested[inside].mean())),
                accuracy=accuracy,
            )
        )
    return bins


def measure_top(rank: Ints, given: Ints, holdout: Verified) -> list[TopErrors]:
    """Share of wrong labels among the most suspicious of the ranked samples, estimated on the hold-out.

    Args: rank int64 [N], 1 = most suspicious, 0 = not ranked, that of the hold-out by cross-fitted scores;
    given int64 [N]; holdout, with given labels.
    """
    wrong = given[holdout.index] != holdout.labels
    found = []
    for share in SHARES:
        k = max(1, round(share * np.count_nonzero(rank)))
        inside = rank[holdout.index] <= k
        errors = Interval.wilson(int(wrong[inside].sum()), int(inside.sum()))
        found.append(TopErrors(share=share, k=k, errors=errors))
    return found
