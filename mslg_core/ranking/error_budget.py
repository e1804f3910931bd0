"""Which suggestions to accept unseen, so that few of them are wrong. Importable without torch.

A suggestion's confidence is the calibrated probability that it is the true class, so 1 - confidence is the
chance that accepting it makes an error, and the mean over all that are accepted is the share of them that is
expected to be wrong. Accepting in order of confidence keeps this mean smallest for any number accepted, and
it only ever grows with the number: a threshold spends the budget, and says of any sample whether it is in.

A mean instead of a bound on each: the budget is a promise about the export as a whole. Sure suggestions
pay for some that are less so, and a budget of 2 % takes in more than a threshold at 98 % would.

Probabilities that flatter themselves would break the promise, so the hold-out has a say: every expectation
is inflated by how many more of its suggestions are wrong than their probabilities expect. Few samples say
little, so the factor starts at 2 and evidence moves it: taken at their word, the surest suggestions of the
digits were wrong up to 1.8 times as often as they expected (docs/explanation/review.md). It never falls
below 1: a hold-out that did well by chance earns no larger budget.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# What is thought to have been seen before the hold-out: so many errors where half of them were expected.
PRIOR_OBSERVED = 4.0
PRIOR_EXPECTED = 2.0
# Sums of floats: a budget that is met exactly is met.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a budget allows: the `count` suggestions of at least `min_confidence` (None where there is none),
    of which the share `expected_error` is expected to be wrong (0 where there is none).
    """

    min_confidence: float | None
    count: int
    expected_error: float


def accept(confidence: NDArray[Any], max_error: float, inflation: float = 1.0) -> Accepted:
    """The most suggestions, surest first, whose mean expected error stays within `max_error`.

    Suggestions of equal confidence are accepted together or not at all: a threshold cannot tell them apart.

    Args: confidence [n], probabilities in any order; inflation, the factor on every expected error
    (capped at certainty), see `inflation`.
    """
    surest_first = np.sort(np.asarray(confidence, dtype=np.float64))[::-1]
    errors = np.minimum(inflation * (1 - surest_first), 1)
    means = errors.cumsum() / np.arange(1, len(errors) + 1)
    last_of_equals = np.append(surest_first[1:] != surest_first[:-1], True)[: len(errors)]
    ends = np.flatnonzero(last_of_equals & (means <= max_error + ROUNDING))
    if not len(ends):
        return Accepted(None, 0, 0.0)
    end = ends[-1]
    return Accepted(float(surest_first[end]), int(end) + 1, float(means[end]))


def inflation(confidence_holdout: NDArray[Any], right_holdout: NDArray[np.bool_]) -> float:
    """How many times as often as their probabilities expect suggestions are thought to be wrong, at least 1.

    Args, of the flagged samples in the hold-out: confidence_holdout [h]; right_holdout bool [h], whether
    the suggestion is the true class.
    """
    observed = float(np.count_nonzero(~np.asarray(right_holdout, dtype=np.bool_)))
    expected = float((1 - np.asarray(confidence_holdout, dtype=np.float64)).sum())
    return max(1.0, (observed + PRIOR_OBSERVED) / (expected + PRIOR_EXPECTED))
