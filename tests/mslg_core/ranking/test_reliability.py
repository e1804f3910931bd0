"""Reliability of probabilities and errors among the most suspicious samples, measured on a hold-out."""

import numpy as np

from mslg_core.ranking.reliability import SHARES, measure_reliability, measure_top
from mslg_core.ranking.verified import Verified
from mslg_core.reports import Summary
from tests.mslg_core.evidence import conclude_from
from tests.mslg_core.training_sets import make_training_set

NONE = np.empty(0, dtype=np.int64)


def test_suggestions_are_binned_by_their_probability() -> None:
    suggested = np.array([0.55, 0.59, 0.95, 1.0, 0.91], dtype=np.float32)
    probabilities = np.stack([suggested, 1 - suggested], axis=1)
    bins = measure_reliability(probabilities, np.array([0, 1, 0, 0, 1]))
    assert [(b.low, b.high, b.n) for b in bins] == [(0.5, 0.6, 2), (0.9, 1.0, 3)]
    assert [round(b.accuracy.value, 3) for b in bins] == [0.5, 0.667]
    assert [round(b.mean_probability, 3) for b in bins] == [0.57, 0.953]


def test_without_a_holdout_nothing_is_measured() -> None:
    assert measure_reliability(np.empty((0, 2), dtype=np.float32), NONE) == []
    scores, given = np.linspace(0, 1, 40, dtype=np.float32), np.zeros(40, dtype=np.int64)
    top = measure_top(scores, given, Verified(NONE, NONE), scores[:0])
    assert [(row.share, row.k, row.errors) for row in top] == [
        (share, k, None) for share, k in zip(SHARES, (1, 2, 4, 8), strict=True)
    ]


def test_a_holdout_sample_is_ranked_by_its_cross_fitted_score() -> None:
    """Three samples: wrong, right and wrong. Without cross-fitting the last would be near the top."""
    scores, given = np.linspace(0, 1, 100, dtype=np.float32), np.zeros(100, dtype=np.int64)
    holdout = Verified(np.array([3, 7, 2]), np.array([1, 0, 1]))
    own = np.array([scores[3], scores[7], 0.9], dtype=np.float32)
    errors = [row.errors for row in measure_top(scores, given, holdout, own)]
    assert [None if e is None else (e.n, e.value) for e in errors] == [None, (1, 1.0), (2, 0.5), (2, 0.5)]


def test_a_summary_holds_the_measurements_and_older_ones_still_parse() -> None:
    data, true = make_training_set(num_samples=240)
    sure = np.where(np.eye(3)[true] > 0, 0.9, 0.05).astype(np.float32)
    summary = conclude_from(data, sure).summary
    assert sum(row.n for row in summary.reliability) == len(data.holdout_index)
    assert summary.top[0].errors is None or summary.top[0].errors.value > 0.5
    assert [row.k for row in summary.top] == [2, 12, 24, 48]
    older = summary.model_dump(mode="json")
    for name in ("reliability", "top", "warm_started", "start_note"):
        del older[name]
    parsed = Summary.model_validate(older)
    assert (parsed.reliability, parsed.top, parsed.warm_started) == ([], [], False)
