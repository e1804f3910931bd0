"""Scores, flags, and the decision to apply suggestions."""

import numpy as np
import pytest

from mslg_core.ranking.ranking import Evaluated, decide, rank_labels, summarise
from mslg_core.reports import Summary

PROBABILITIES = np.array(
    [[0.9, 0.1, 0.0], [0.2, 0.7, 0.1], [0.5, 0.5, 0.0], [0.0, 0.1, 0.9]], dtype=np.float32
)
GIVEN = np.array([0, 0, 1, 0], dtype=np.int64)
NONE = np.empty(0, dtype=np.int64)
NO_META = Evaluated(NONE, NONE, NONE)


def test_scores_ranks_and_suggestions() -> None:
    ranking = rank_labels(PROBABILITIES, GIVEN)
    np.testing.assert_allclose(ranking.label_score, [0.9, 0.2, 0.5, 0.0], atol=1e-6)
    assert ranking.rank.tolist() == [4, 2, 3, 1]
    assert ranking.suggestion.tolist() == [0, 1, 1, 2]
    assert ranking.is_label_issue.tolist() == [False, True, False, True]


def make_ranking(fixes: int, breaks: int, rest: int) -> tuple[np.ndarray, np.ndarray, Evaluated]:
    """Probabilities, given labels and a hold-out with so many fixes and breaks."""
    n = fixes + breaks + rest
    given = np.zeros(n, dtype=np.int64)
    probabilities = np.tile(np.array([[0.9, 0.1]], dtype=np.float32), (n, 1))
    probabilities[: fixes + breaks] = [0.1, 0.9]
    settled = np.zeros(n, dtype=np.int64)
    settled[:fixes] = 1
    return probabilities, given, Evaluated(np.arange(n), settled, probabilities.argmax(axis=1))


def summarise_ranking(fixes: int, breaks: int, rest: int) -> Summary:
    probabilities, given, holdout = make_ranking(fixes, breaks, rest)
    return summarise(rank_labels(probabilities, given), given, 2, NO_META, holdout)


@pytest.mark.parametrize(
    ("fixes", "breaks", "accept"),
    [(0, 0, False), (2, 0, False), (3, 0, True), (4, 1, False), (5, 1, True), (2, 9, False), (9, 9, False)],
)
def test_suggestions_are_applied_only_where_the_holdout_is_sure(
    fixes: int, breaks: int, accept: bool
) -> None:
    summary = summarise_ranking(fixes, breaks, 20)
    assert summary.auto_accept is accept
    assert f"{fixes} wrong labels right and {breaks} right ones wrong" in summary.auto_accept_reason


@pytest.mark.parametrize(("fixes", "written"), [(4, "mid-p = 0.031"), (12, "mid-p < 0.001")])
def test_no_chance_is_said_to_be_none(fixes: int, written: str) -> None:
    assert written in summarise_ranking(fixes, 0, 20).auto_accept_reason


def test_the_best_of_several_methods_has_to_be_surer() -> None:
    alone = summarise_ranking(4, 0, 20)
    assert alone.auto_accept
    assert decide(alone, methods=1) == alone
    assert decide(alone, methods=3).auto_accept
    of_seven = decide(alone, methods=7)
    assert not of_seven.auto_accept
    assert of_seven.holdout.corrected_accuracy == alone.holdout.given_accuracy
    assert of_seven.auto_accept_reason.endswith("As the best of 7 methods it needs 0.014 or less.")
    assert decide(summarise_ranking(6, 0, 20), methods=7).auto_accept


@pytest.mark.parametrize(
    ("held_out", "others", "accept"),
    [((1, 0), (4, 1), True), ((0, 1), (6, 0), True), ((0, 3), (19, 0), False), ((2, 1), (0, 1), False)],
)
def test_all_verified_samples_count_unless_the_holdout_contradicts(
    held_out: tuple[int, int], others: tuple[int, int], accept: bool
) -> None:
    _, given, holdout = make_ranking(*held_out, rest=20)
    probabilities, _, meta = make_ranking(*others, rest=20)
    both = np.concatenate([given, np.zeros(len(probabilities), dtype=np.int64)])
    moved = Evaluated(meta.index + len(given), meta.labels, meta.suggestion)
    ranking = rank_labels(np.tile(PROBABILITIES[:1, :2], (len(both), 1)), both)
    assert summarise(ranking, both, 2, moved, holdout).auto_accept is accept


def test_without_a_holdout_nothing_is_applied() -> None:
    summary = summarise(rank_labels(PROBABILITIES, GIVEN), GIVEN, 3, NO_META, NO_META)
    assert not decide(summary, methods=2).auto_accept
    assert summary.holdout.given_accuracy is None
    assert "no hold-out" in summary.auto_accept_reason


def test_summary_counts_add_up() -> None:
    summary = summarise_ranking(8, 1, 11)
    assert (summary.num_samples, summary.num_issues, summary.auto_accept) == (20, 9, True)
    assert summary.confusion == [[11, 9], [0, 0]]
    assert sum(summary.histogram.counts) == 20
    assert sum(summary.histogram.issue_counts) == 9
    assert [c.given for c in summary.per_class] == [20, 0]
    assert summary.per_class[1].mean_score is None
    assert summary.holdout.given_accuracy is not None
    assert summary.holdout.corrected_accuracy is not None
    assert summary.holdout.given_accuracy.value == pytest.approx(12 / 20)
    assert summary.holdout.corrected_accuracy.value == pytest.approx(19 / 20)
