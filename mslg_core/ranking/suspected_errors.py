"""Verified samples that look as if they were verified wrong. Importable without torch.

The judge is the read-out (see `mslg_core.features.ridge_loo`), which predicts every sample from all others
and without its own label. The given label has no say: whoever verified the sample has seen it, and where a
wrong label was confirmed it would testify for itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mslg_core.ranking.calibration import Verified
from mslg_core.ranking.metrics import Ints

# How many times more probable than the settled class another one must be. Of right verifications one in a
# hundred is doubted then, of wrong ones many: figures in docs/decisions/0006-calibrated-probabilities.md.
RATIO = 50.0


@dataclass(frozen=True, slots=True)
class SuspectedErrors:
    """Verified samples to be looked at again, the most doubtful first: index, settled and suggested class
    int64 [D], probability float32 [D] of the settled class as the labels of others have it.
    """

    index: Ints
    settled: Ints
    suggested: Ints
    probability: NDArray[np.float32]


def find_suspected_errors(ridge_prediction: NDArray[np.float32], verified: Verified) -> SuspectedErrors:
    """The doubtful ones of the samples `verified`; read_out [N, C]."""
    probabilities = ridge_prediction[verified.index]  # [V, C]
    own = probabilities[np.arange(len(verified.index)), verified.labels]
    doubtful = np.flatnonzero(probabilities.max(axis=1) > RATIO * own)
    doubtful = doubtful[np.argsort(own[doubtful], kind="stable")]
    return SuspectedErrors(
        index=verified.index[doubtful],
        settled=verified.labels[doubtful],
        suggested=probabilities[doubtful].argmax(axis=1).astype(np.int64),
        probability=own[doubtful].astype(np.float32),
    )
