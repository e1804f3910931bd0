"""Scores, ranks, suggestions and flags."""

import numpy as np

from mslg_core.ranking.ranking import rank_labels


def test_scores_ranks_and_suggestions() -> None:
    probabilities = np.array(
        [[0.9, 0.1, 0.0], [0.2, 0.7, 0.1], [0.5, 0.5, 0.0], [0.0, 0.1, 0.9]], dtype=np.float32
    )
    ranking = rank_labels(probabilities, np.array([0, 0, 1, 0]))
    np.testing.assert_allclose(ranking.label_score, [0.9, 0.2, 0.5, 0.0], atol=1e-6)
    assert ranking.rank.tolist() == [4, 2, 3, 1]
    assert ranking.suggestion.tolist() == [0, 1, 1, 2]
    assert ranking.is_label_issue.tolist() == [False, True, False, True]
