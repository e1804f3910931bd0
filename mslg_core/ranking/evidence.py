"""`Evidence`: the data that a finished run passes to the ranking."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mslg_core.images.training_set import Indices

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a run knows about N samples and C classes.

    predictions float32 [N, C]: averaged over late epochs of the method; warm_up_predictions: the same for the
    warm-up, None if the run had no other epochs; ridge_prediction float32 [N, C]: see
    `mslg_core.features.ridge_loo`.

    trajectories, neighbours: functions of the suggestions int64 [N], see
    `mslg_core.training.prediction_history` and `mslg_core.training.neighbours`.

    candidates int64 [N, K]: with many classes, the classes of the K columns of each row, the given label
    first; C is K then. None: the columns are the classes.

    divergence: why the run ended early, if it did; warm_started: whether it started from another run's
    weights; start_note: why not, if it was meant to.
    """

    predictions: Floats
    warm_up_predictions: Floats | None
    ridge_prediction: Floats
    trajectories: Callable[[Indices], NDArray[np.uint8]]
    neighbours: Callable[[Indices], Indices]
    candidates: Indices | None = None
    divergence: str | None = None
    warm_started: bool = False
    start_note: str | None = None
