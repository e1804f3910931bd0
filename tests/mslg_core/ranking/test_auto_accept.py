"""The decision whether suggestions are applied."""

import numpy as np
import pytest

from mslg_core.ranking.auto_accept import Evaluation, decide, evaluate
from mslg_core.ranking.verified import Verified


def make_evaluation(
    fixes: int, breaks: int, rest: int = 20, other_fixes: int = 0, other_breaks: int = 0
) -> Evaluation:
    """A hold-out of fixes, breaks and right labels, and a meta set with other fixes and breaks."""
    size = fixes + breaks + rest
    others = other_fixes + other_breaks
    return Evaluation(
        holdout_size=size,
        given_right=size - fixes,
        fixes=fixes,
        breaks=breaks,
        verified=size + others,
        verified_fixes=fixes + other_fixes,
        verified_breaks=breaks + other_breaks,
    )


def test_fixes_and_breaks_are_counted_on_the_verified_samples() -> None:
    given = np.array([0, 0, 1, 1, 0, 2])
    meta = Verified(np.array([0, 1]), np.array([1, 0]))
    holdout = Verified(np.array([2, 3, 4]), np.array([1, 0, 2]))
    evaluation = evaluate(given, meta, np.array([1, 2]), holdout, np.array([1, 0, 1]))
    assert evaluation == Evaluation(3, 1, 1, 0, 5, 2, 1)
    assert evaluation.suggestions_right == 2


@pytest.mark.parametrize(
    ("fixes", "breaks", "accept"),
    [(0, 0, False), (2, 0, False), (3, 0, True), (4, 1, False), (5, 1, True), (2, 9, False), (9, 9, False)],
)
def test_suggestions_are_applied_only_if_the_test_is_significant(
    fixes: int, breaks: int, accept: bool
) -> None:
    decision = decide(make_evaluation(fixes, breaks))
    assert decision.accept is accept
    assert f"{fixes} wrong labels right and {breaks} right ones wrong" in decision.reason


@pytest.mark.parametrize(("fixes", "formatted"), [(4, "mid-p = 0.031"), (12, "mid-p < 0.001")])
def test_a_small_p_value_is_not_rounded_to_zero(fixes: int, formatted: str) -> None:
    assert formatted in decide(make_evaluation(fixes, 0)).reason


def test_the_best_of_several_methods_needs_a_lower_p_value() -> None:
    evaluation = make_evaluation(4, 0)
    assert decide(evaluation).accept
    assert decide(evaluation, methods=3).accept
    of_seven = decide(evaluation, methods=7)
    assert not of_seven.accept
    assert of_seven.reason.endswith("As the best of 7 methods it needs 0.014 or less.")
    assert decide(make_evaluation(6, 0), methods=7).accept


@pytest.mark.parametrize(
    ("held_out", "others", "accept"),
    [((1, 0), (4, 1), True), ((0, 1), (6, 0), True), ((0, 3), (19, 0), False), ((2, 1), (0, 1), False)],
)
def test_all_verified_samples_count_unless_the_holdout_contradicts(
    held_out: tuple[int, int], others: tuple[int, int], accept: bool
) -> None:
    assert decide(make_evaluation(*held_out, 20, *others)).accept is accept


def test_without_a_holdout_nothing_is_applied() -> None:
    decision = decide(make_evaluation(0, 0, 0, other_fixes=9), methods=2)
    assert not decision.accept
    assert decision.reason == "There is no hold-out to measure suggestions on, so none is applied."
