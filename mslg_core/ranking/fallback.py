"""Falls back to the warm-up's predictions if the method made them worse.

Networks first learn what most labels agree on and memorise wrong labels later, so a run can end worse than
its warm-up. The log-likelihood of the hold-out's settled classes decides which predictions are used.
"""

import numpy as np
from numpy.typing import NDArray

from mslg_core.images.training_set import TrainingSet
from mslg_core.ranking.calibration import Calibrated, calibrate
from mslg_core.ranking.evidence import Evidence, Floats
from mslg_core.ranking.verified import select_holdout, select_random_meta


def choose_predictions(data: TrainingSet, evidence: Evidence) -> tuple[Calibrated, str | None]:
    """The calibrated predictions, and why they are the warm-up's if they are.

    The warm-up wins if the hold-out's mean log-likelihood fell by more than one standard error. The ridge
    prediction does not take part in the comparison: it is the same for both and would hide the difference.
    """
    method = _calibrate(data, evidence.predictions, evidence.ridge_prediction)
    warm_up = evidence.warm_up_predictions
    if warm_up is None or len(data.holdout_index) < 2:
        return method, None
    uninformed = np.full_like(warm_up, 1 / data.num_classes)
    gains = _log_likelihoods(data, _calibrate(data, evidence.predictions, uninformed)) - _log_likelihoods(
        data, _calibrate(data, warm_up, uninformed)
    )
    gain, error = float(gains.mean()), float(gains.std(ddof=1) / np.sqrt(len(gains)))
    if gain >= -error:
        return method, None
    return _calibrate(data, warm_up, evidence.ridge_prediction), (
        f"After its warm-up the run got worse (log-likelihood of the hold-out {gain:+.3f} ± {error:.3f} per "
        "sample), so these are the warm-up's predictions. More verified labels help the method."
    )


def _calibrate(data: TrainingSet, predictions: Floats, ridge_prediction: Floats) -> Calibrated:
    return calibrate(
        predictions, ridge_prediction, data.given, select_random_meta(data), select_holdout(data)
    )


def _log_likelihoods(data: TrainingSet, calibrated: Calibrated) -> NDArray[np.float64]:
    """Log-likelihoods [H] of the hold-out's settled classes, cross-fitted."""
    own = calibrated.holdout[np.arange(len(data.holdout_index)), data.holdout_labels]
    return np.log(np.maximum(own, np.finfo(np.float32).tiny), dtype=np.float64)
