"""Figures against slow definitions."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mslg_core.ranking.metrics import auroc, fixes_and_breaks, precision_at


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=30))
@settings(max_examples=100, deadline=None)
def test_auroc_is_the_share_of_pairs_in_order(pairs: list[tuple[int, bool]]) -> None:
    score = np.array([s for s, _ in pairs], dtype=np.float64)
    positive = np.array([p for _, p in pairs], dtype=np.bool_)
    wins = [(a > b) + (a == b) / 2 for a in score[positive] for b in score[~positive]]
    expected = np.mean(wins) if wins else float("nan")
    assert auroc(score, positive) == pytest.approx(expected, nan_ok=True)


def test_sign_test_and_precision() -> None:
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
