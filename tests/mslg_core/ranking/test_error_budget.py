"""The error budget: how many suggestions it accepts, and how the hold-out inflates it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mslg_core.ranking.error_budget import Accepted, accept, inflation

CONFIDENCES = arrays(np.float64, st.integers(0, 30), elements=st.sampled_from([0.2, 0.5, 0.9, 0.98, 1.0]))


def test_the_most_confident_are_accepted_within_the_budget() -> None:
    accepted = accept(np.array([0.9, 1.0, 0.5, 0.97]), max_error=0.05)

    assert (accepted.min_confidence, accepted.count) == (0.9, 3)
    assert accepted.expected_error == pytest.approx(0.13 / 3)


def test_a_budget_met_exactly_counts_as_met() -> None:
    assert accept(np.array([0.98] * 1000), max_error=0.02).count == 1000


def test_equal_confidences_are_accepted_together_or_not_at_all() -> None:
    accepted = accept(np.array([1.0, 0.96, 0.96, 0.96]), max_error=0.025)

    assert accepted == Accepted(min_confidence=1.0, count=1, expected_error=0.0)


@pytest.mark.parametrize("confidence", [np.array([]), np.array([0.5, 0.9])])
def test_nothing_is_accepted_if_no_suggestion_is_confident_enough(confidence: np.ndarray) -> None:
    assert accept(confidence, max_error=0.02) == Accepted(None, 0, 0.0)


def test_inflation_shrinks_the_accepted_number() -> None:
    confidence = np.array([0.99, 0.98, 0.97, 0.96])

    assert accept(confidence, max_error=0.025).count == 4
    assert accept(confidence, max_error=0.025, inflation=2.0).count == 1


def test_an_expected_error_is_at_most_one() -> None:
    assert accept(np.array([0.2, 0.1]), max_error=1.0, inflation=5.0).expected_error == 1.0


@given(CONFIDENCES, st.floats(0, 1), st.floats(1, 3))
def test_the_threshold_is_the_lowest_within_the_budget(
    confidence: np.ndarray, max_error: float, factor: float
) -> None:
    accepted = accept(confidence, max_error, factor)
    least = np.inf if accepted.min_confidence is None else accepted.min_confidence
    errors = np.minimum(factor * (1 - confidence), 1)

    assert np.count_nonzero(confidence >= least) == accepted.count
    assert accepted.expected_error <= max_error + 1e-6
    for lower in set(confidence[confidence < least]):
        assert errors[confidence >= lower].mean() > max_error


def test_more_errors_than_expected_raise_the_inflation() -> None:
    confidence, right = np.full(40, 0.95), np.arange(40) >= 6

    assert inflation(confidence, right, 40) == pytest.approx((6 + 4) / (2 + 2))


@pytest.mark.parametrize(
    ("size", "prior"), [(300, 2.0), (30, 2.0), (15, 4.0), (10, 6.0), (1, 60.0), (0, 60.0)]
)
def test_the_inflation_starts_higher_with_a_small_holdout(size: int, prior: float) -> None:
    assert inflation(np.array([]), np.array([], dtype=bool), size) == prior


def test_the_inflation_is_at_least_one() -> None:
    assert inflation(np.full(400, 0.9), np.full(400, True), 900) == 1.0


def test_middling_suggestions_that_are_right_do_not_lower_the_inflation() -> None:
    assert inflation(np.full(40, 0.5), np.full(40, True), 90) == 2.0
    confidence, right = np.repeat([0.5, 0.9], 20), np.arange(40) != 39
    assert inflation(confidence, right, 90) == pytest.approx((1 + 4) / (2 + 2))


def test_middling_suggestions_that_are_wrong_raise_the_inflation() -> None:
    wrong = np.full(40, False)
    assert inflation(np.full(40, 0.5), wrong, 90) == pytest.approx((40 + 4) / (20 + 2)) == 2.0
    assert inflation(np.full(40, 0.75), wrong, 90) == pytest.approx((40 + 4) / (10 + 2))
