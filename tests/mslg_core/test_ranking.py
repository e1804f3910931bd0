"""Scores, flags, and the decision to apply suggestions."""

import numpy as np
import pytest

from mslg_core.ranking import Holdout, decide, rank_labels, summarise

PROBABILITIES = np.array(
    [[0.9, 0.1, 0.0], [0.2, 0.7, 0.1], [0.5, 0.5, 0.0], [0.0, 0.1, 0.9]], dtype=np.float32
)
GIVEN = np.array([0, 0, 1, 0], dtype=np.int64)


def test_scores_ranks_and_suggestions() -> None:
    ranking = rank_labels(PROBABILITIES, GIVEN)
    np.testing.assert_allclose(ranking.label_score, [0.9, 0.2, 0.5, 0.0], atol=1e-6)
    assert ranking.rank.tolist() == [4, 2, 3, 1]
    assert ranking.suggestion.tolist() == [0, 1, 1, 2]
    assert ranking.is_label_issue.tolist() == [False, True, False, True]


def make_ranking(fixes: int, breaks: int, rest: int) -> tuple[np.ndarray, np.ndarray, Holdout]:
    """Probabilities, given labels and a hold-out with so many fixes and breaks."""
    n = fixes + breaks + rest
    given = np.zeros(n, dtype=np.int64)
    probabilities = np.tile(np.array([[0.9, 0.1]], dtype=np.float32), (n, 1))
    probabilities[: fixes + breaks] = [0.1, 0.9]
    settled = np.zeros(n, dtype=np.int64)
    settled[:fixes] = 1
    return probabilities, given, Holdout(np.arange(n), settled, probabilities.argmax(axis=1))


@pytest.mark.parametrize(
    ("fixes", "breaks", "accept"),
    [(0, 0, False), (2, 0, False), (3, 0, True), (4, 1, False), (5, 1, True), (2, 9, False), (9, 9, False)],
)
def test_suggestions_are_applied_only_where_the_holdout_is_sure(
    fixes: int, breaks: int, accept: bool
) -> None:
    _, given, holdout = make_ranking(fixes, breaks, 20)
    decision, reason = decide(given, holdout)
    assert decision is accept
    assert f"{fixes} wrong labels right and {breaks} right ones wrong" in reason


def test_summary_counts_add_up() -> None:
    probabilities, given, holdout = make_ranking(8, 1, 11)
    summary = summarise(rank_labels(probabilities, given), given, 2, holdout)
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
