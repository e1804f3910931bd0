"""How far a run's probabilities and its ranking can be trusted, measured on the hold-out: each of its samples
is judged as if it were not verified. Importable without torch.
"""

import numpy as np
from numpy.typing import NDArray

from mslg_core.ranking.calibration import Verified
from mslg_core.ranking.metrics import Ints
from mslg_core.reports import Interval, ReliabilityBin, TopErrors

BINS = 10
SHARES = (0.01, 0.05, 0.1, 0.2)

Floats = NDArray[np.float32]


def measure_reliability(probabilities: Floats, labels: Ints) -> list[ReliabilityBin]:
    """The suggestions, by their probability, against the settled classes int64 [H].

    probabilities [H, C] of the true class, by what was fitted without the sample. Bins that are empty are
    left out.
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


def measure_top(label_score: Floats, given: Ints, holdout: Verified, own_score: Floats) -> list[TopErrors]:
    """Wrong labels among the most suspicious of the N samples, as far as the hold-out tells.

    label_score [N]; given int64 [N]; own_score [H]: the scores of hold-out samples by what was fitted without
    them, in whose place these are ranked.
    """
    score = label_score.copy()
    score[holdout.index] = own_score
    rank = np.empty(len(score), dtype=np.int64)
    rank[np.argsort(score, kind="stable")] = np.arange(1, len(score) + 1)
    wrong = given[holdout.index] != holdout.labels
    found = []
    for share in SHARES:
        k = max(1, round(share * len(score)))
        inside = rank[holdout.index] <= k
        errors = Interval.wilson(int(wrong[inside].sum()), int(inside.sum()))
        found.append(TopErrors(share=share, k=k, errors=errors))
    return found
