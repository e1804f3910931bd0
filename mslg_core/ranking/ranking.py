"""From calibrated probabilities to label scores, ranks, suggestions and flags."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mslg_core.ranking.metrics import Ints


@dataclass(frozen=True, slots=True)
class Ranking:
    """label_score float32 [N], suggestion, rank int64 [N] (1 = most suspicious), is_label_issue bool [N]."""

    label_score: NDArray[np.float32]
    suggestion: Ints
    rank: Ints
    is_label_issue: NDArray[np.bool_]


def rank_labels(probabilities: NDArray[np.float32], given: Ints) -> Ranking:
    """Rank all samples by the probability of their given label.

    Args: probabilities [N, C] of the true class; given int64 [N]. The suggestion is the most probable class;
    ties go to the given label. A sample is flagged if its suggestion is another class.
    """
    sample = np.arange(len(given))
    score = probabilities[sample, given]
    best = probabilities.argmax(axis=1)
    suggestion = np.where(probabilities[sample, best] > score, best, given).astype(np.int64)
    rank = np.empty(len(given), dtype=np.int64)
    rank[np.lexsort((sample, score))] = sample + 1
    return Ranking(score.astype(np.float32), suggestion, rank, suggestion != given)
