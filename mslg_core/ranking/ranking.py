"""From calibrated probabilities to label scores, ranks, suggestions and flags."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mslg_core.images.training_set import NO_LABEL
from mslg_core.ranking.metrics import Ints


@dataclass(frozen=True, slots=True)
class Ranking:
    """label_score float32 [N], suggestion, rank int64 [N] (1 = most suspicious), is_label_issue bool [N].

    A sample without a given label is not ranked: its label score is 1, its rank 0, and it is not flagged.
    """

    label_score: NDArray[np.float32]
    suggestion: Ints
    rank: Ints
    is_label_issue: NDArray[np.bool_]

    def select(self, index: Ints) -> "Ranking":
        """The same of some samples."""
        return Ranking(
            self.label_score[index], self.suggestion[index], self.rank[index], self.is_label_issue[index]
        )


def rank_labels(probabilities: NDArray[np.float32], given: Ints) -> Ranking:
    """Rank all samples by the probability of their given label.

    Args: probabilities [N, C] of the true class; given int64 [N]. The suggestion is the most probable class;
    ties go to the given label. A sample is flagged if its suggestion is another class.
    """
    sample, ranked = np.arange(len(given)), given != NO_LABEL
    score = np.where(ranked, probabilities[sample, given], 1)
    best = probabilities.argmax(axis=1)
    is_better = (probabilities[sample, best] > score) | ~ranked
    suggestion = np.where(is_better, best, given).astype(np.int64)
    order = np.lexsort((sample, score))
    rank = np.zeros(len(given), dtype=np.int64)
    rank[order[ranked[order]]] = np.arange(1, ranked.sum() + 1)
    return Ranking(score.astype(np.float32), suggestion, rank, ranked & (suggestion != given))
