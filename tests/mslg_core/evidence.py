"""Results from predictions of the test's own choice."""

import numpy as np
from numpy.typing import NDArray

from mslg_core.images.training_set import TrainingSet
from mslg_core.ranking.evidence import Evidence
from mslg_core.ranking.findings import assess
from mslg_core.ranking.result import CleaningResult, conclude

Floats = NDArray[np.float32]


def conclude_from(
    data: TrainingSet, predictions: Floats, warm_up_predictions: Floats | None = None
) -> CleaningResult:
    """The result of predictions [N, C], with an uninformed ridge prediction.

    Trajectories and neighbours repeat the suggestion they are asked for.
    """
    evidence = Evidence(
        predictions=predictions,
        warm_up_predictions=warm_up_predictions,
        ridge_prediction=np.full_like(predictions, 1 / data.num_classes),
        trajectories=lambda suggestion: np.repeat(suggestion[:, None, None], 2, axis=2).astype(np.uint8),
        neighbours=lambda suggestion: np.repeat(suggestion[:, None, None], 2, axis=1),
    )
    return conclude(data, assess(data, evidence))
