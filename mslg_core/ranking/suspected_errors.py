"""Verified samples whose verified label looks wrong.

The leave-one-out ridge prediction (see `mslg_core.features.ridge_loo`) predicts every sample from all others,
without its own label. The given label does not take part: the reviewer saw it, so a wrong label that was
confirmed by mistake would support itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mslg_core.ranking.metrics import Ints
from mslg_core.ranking.verified import Verified

# A verified label is suspected if another class is this many times more probable. Then one correct
# verification in a hundred is suspected, and many wrong ones: figures in
# docs/decisions/0006-calibrated-probabilities.md.
RATIO = 50.0


@dataclass(frozen=True, slots=True)
class SuspectedErrors:
    """Verified samples to be re-reviewed, the most suspicious first.

    index, settled and suggested class int64 [D]; probability float32 [D]: of the settled class, predicted
    from the other samples.
    """

    index: Ints
    settled: Ints
    suggested: Ints
    probability: NDArray[np.float32]


def find_suspected_errors(ridge_prediction: NDArray[np.float32], verified: Verified) -> SuspectedErrors:
    """Suspected label errors among the samples `verified`; ridge_prediction [N, C]."""
    probabilities = ridge_prediction[verified.index]  # [V, C]
    own = probabilities[np.arange(len(verified.index)), verified.labels]
    suspected = np.flatnonzero(probabilities.max(axis=1) > RATIO * own)
    suspected = suspected[np.argsort(own[suspected], kind="stable")]
    return SuspectedErrors(
        index=verified.index[suspected],
        settled=verified.labels[suspected],
        suggested=probabilities[suspected].argmax(axis=1).astype(np.int64),
        probability=own[suspected].astype(np.float32),
    )
