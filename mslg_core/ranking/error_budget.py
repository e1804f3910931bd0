"""Chooses which suggestions to accept without review, so that few of them are wrong.

A suggestion's confidence is the calibrated probability that it is the true class. 1 - confidence is therefore
the probability that accepting it makes an error, and the mean over all accepted suggestions is the expected
share of wrong ones. Accepting in order of confidence minimises this mean for any number accepted, and the
mean only grows with that number. So a single threshold uses up the budget and decides for each sample whether
it is accepted.

The budget bounds the mean, not each suggestion: it is a promise about the export as a whole. Suggestions of
high confidence make room for some of lower confidence, so a budget of 2 % accepts more than a threshold
at 98 %.

Overconfident probabilities would break the promise. Every expected error is therefore multiplied by an
inflation factor: how many times more errors the hold-out shows than its probabilities predict. A small
hold-out is weak evidence, so the factor starts at 2: without it, the most confident suggestions on the digits
were wrong up to 1.8 times as often as expected (docs/explanation/review.md). Below 30 held-out samples it
starts higher, in proportion: so few calibrate the confidences themselves badly. It never falls below 1, so
that a lucky hold-out does not enlarge the budget.

Most flagged samples of a hold-out are of middling confidence, and most accepted ones are not. Middling ones
that are right therefore do not lower the factor: it is computed over all flagged samples and over
the confident ones, and the larger value is used.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Pseudo-counts of errors, observed and expected: the inflation factor starts at their ratio.
PRIOR_OBSERVED = 4.0
PRIOR_EXPECTED = 2.0
# With fewer held-out samples it starts higher.
ENOUGH_HELD_OUT = 30
# From this confidence on, a suggestion is evidence about the accepted ones.
CONFIDENT = 0.8
# Tolerance for sums of floats: a budget that is met exactly counts as met.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Accepted:
    """The suggestions within a budget.

    `count` suggestions have at least `min_confidence`, and a share `expected_error` of them is expected to be
    wrong. If no suggestion is accepted, these are 0, None and 0.
    """

    min_confidence: float | None
    count: int
    expected_error: float


def accept(confidence: NDArray[Any], max_error: float, inflation: float = 1.0) -> Accepted:
    """Accept as many suggestions as keep the mean expected error within `max_error`, the most confident
    first.

    Suggestions of equal confidence are accepted together or not at all, since a threshold cannot separate
    them.

    Args: confidence [n], probabilities in any order; inflation, the factor on every expected error, see
    `inflation`. An expected error is at most 1.
    """
    ordered = np.sort(np.asarray(confidence, dtype=np.float64))[::-1]
    errors = np.minimum(inflation * (1 - ordered), 1)
    means = errors.cumsum() / np.arange(1, len(errors) + 1)
    last_of_equals = np.append(ordered[1:] != ordered[:-1], True)[: len(errors)]
    ends = np.flatnonzero(last_of_equals & (means <= max_error + ROUNDING))
    if not len(ends):
        return Accepted(None, 0, 0.0)
    end = ends[-1]
    return Accepted(float(ordered[end]), int(end) + 1, float(means[end]))


def within_budget(
    confidence: NDArray[Any],
    confidence_holdout: NDArray[Any],
    right_holdout: NDArray[np.bool_],
    holdout_size: int,
    max_error: float,
) -> Accepted:
    """What `accept` accepts of `confidence` [n] when the hold-out gives the inflation, see `inflation`."""
    return accept(confidence, max_error, inflation(confidence_holdout, right_holdout, holdout_size))


def inflation(confidence_holdout: NDArray[Any], right_holdout: NDArray[np.bool_], holdout_size: int) -> float:
    """The factor by which suggestions are wrong more often than their probabilities predict, at least 1.

    Args, of the flagged samples in the hold-out: confidence_holdout [h], out of sample; right_holdout bool
    [h], whether the suggestion is the true class. holdout_size: all samples of the hold-out with a given
    label, flagged or not.
    """
    errors = 1 - np.asarray(confidence_holdout, dtype=np.float64)
    wrong = ~np.asarray(right_holdout, dtype=np.bool_)
    confident = errors <= 1 - CONFIDENT + ROUNDING
    prior = PRIOR_OBSERVED * max(1.0, ENOUGH_HELD_OUT / max(1, holdout_size))
    return max(1.0, _ratio(errors, wrong, prior), _ratio(errors[confident], wrong[confident], prior))


def _ratio(errors: NDArray[np.float64], wrong: NDArray[np.bool_], prior: float) -> float:
    """Observed by expected errors."""
    return float((np.count_nonzero(wrong) + prior) / (errors.sum() + PRIOR_EXPECTED))
