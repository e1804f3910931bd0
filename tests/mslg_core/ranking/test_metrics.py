"""Metrics of labels and rankings, compared with scikit-learn and slow definitions."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from mslg_core.ranking.metrics import (
    FixesAndBreaks,
    auroc,
    average_precision,
    fixes_and_breaks,
    precision_at,
    recall_at,
)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=30))
@settings(max_examples=100, deadline=None)
def test_average_precision_equals_scikit_learns_with_ties(pairs: list[tuple[int, bool]]) -> None:
    score = np.array([s for s, _ in pairs], dtype=np.float64)
    positive = np.array([p for _, p in pairs], dtype=np.bool_)
    expected = average_precision_score(positive, score) if positive.any() else float("nan")
    assert average_precision(score, positive) == pytest.approx(expected, nan_ok=True)


def test_recall_counts_wrong_labels_among_the_top_k() -> None:
    rank, wrong = np.array([3, 1, 2, 4]), np.array([True, True, False, True])
    assert recall_at(rank, wrong, 2) == pytest.approx(1 / 3)
    assert recall_at(rank, wrong, 4) == 1
    assert np.isnan(recall_at(rank, np.zeros(4, dtype=np.bool_), 2))


def test_the_sign_test_handles_any_number_of_samples() -> None:
    assert FixesAndBreaks(0, 0).p_value == 0.5
    assert FixesAndBreaks(1000, 1000).p_value == pytest.approx(0.5)
    assert FixesAndBreaks(20_500, 20_000).p_value == pytest.approx(0.00645, rel=0.01)  # 2.485 deviations
    assert FixesAndBreaks(1700, 300).p_value < 1e-200
    assert FixesAndBreaks(300, 1700).p_value == pytest.approx(1)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=30))
@settings(max_examples=100, deadline=None)
def test_auroc_is_the_share_of_pairs_in_order(pairs: list[tuple[int, bool]]) -> None:
    score = np.array([s for s, _ in pairs], dtype=np.float64)
    positive = np.array([p for _, p in pairs], dtype=np.bool_)
    wins = [(a > b) + (a == b) / 2 for a in score[positive] for b in score[~positive]]
    expected = np.mean(wins) if wins else float("nan")
    assert auroc(score, positive) == pytest.approx(expected, nan_ok=True)


def test_fixes_breaks_and_precision() -> None:
    before, true = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 0, 1, 1])
    counts = fixes_and_breaks(before, np.array([1, 1, 0, 1, 0]), true)
    assert counts == (2, 1)
    assert counts.p_value == pytest.approx((1 + 3 / 2) / 8)
    assert fixes_and_breaks(before, before, true).p_value == 0.5
    nine = fixes_and_breaks(
        np.ones(9, dtype=np.int64), np.zeros(9, dtype=np.int64), np.zeros(9, dtype=np.int64)
    )
    assert math.isclose(nine.p_value, 1 / 1024)
    assert precision_at(np.array([3, 1, 2]), np.array([True, True, False]), 2) == 0.5
