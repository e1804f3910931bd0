"""From a run's averaged predictions to its result."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mslg_core.images.training_set import Indices, TrainingSet
from mslg_core.ranking.calibration import Calibrated, Verified, calibrate
from mslg_core.ranking.ranking import Evaluated, rank_labels, summarise
from mslg_core.ranking.reliability import measure_reliability, measure_top
from mslg_core.ranking.suspected_errors import SuspectedErrors, find_suspected_errors
from mslg_core.reports import Summary

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Predictions:
    """Float32 [N, C] each: averaged over epochs of the method, and of the warm-up where there was one
    besides; the read-out, see `mslg_core.features.ridge_loo`. divergence: what became of epochs that are
    missing.
    """

    method: Floats
    warm_up: Floats | None
    ridge_prediction: Floats
    divergence: str | None = None


@dataclass(frozen=True, slots=True)
class CleaningResult:
    """What a run found out about N samples and C classes.

    soft_labels float32 [N, C]: probabilities of the true class, from predictions and given labels;
    label_score float32 [N], the given label's among them: low = probably wrong; suggestion, rank int64 [N],
    rank 1 = most suspicious; is_label_issue bool [N]. trajectories uint8 [N, E, 2]: probabilities of the
    given label and of the suggestion after each of E epochs, see `mslg_core.training.prediction_history`;
    neighbours int64 [N, 2, K]: the most similar verified samples of either class, see
    `mslg_core.training.neighbours`. doubts: verified samples to be looked at again.
    """

    soft_labels: Floats
    label_score: Floats
    suggestion: Indices
    rank: Indices
    is_label_issue: NDArray[np.bool_]
    trajectories: NDArray[np.uint8]
    neighbours: Indices
    suspected_errors: SuspectedErrors
    summary: Summary


def conclude(data: TrainingSet, predictions: Predictions) -> CleaningResult:
    """Calibrate, rank, suggest and measure; on the warm-up's predictions if the method made them worse.

    Trajectories and neighbours stay empty: they are no matter of predictions.
    """
    calibrated, fallback = _choose(data, predictions)
    soft_labels = _exclude_known_wrong(data, calibrated.probabilities)
    ranking = rank_labels(soft_labels, data.given)
    random = _random_meta(data)
    meta = Evaluated(random.index, random.labels, calibrated.meta.argmax(axis=1))
    holdout = Evaluated(data.holdout_index, data.holdout_labels, calibrated.holdout.argmax(axis=1))
    summary = summarise(ranking, data.given, data.num_classes, meta, holdout)
    return CleaningResult(
        soft_labels=soft_labels,
        label_score=ranking.label_score,
        suggestion=ranking.suggestion,
        rank=ranking.rank,
        is_label_issue=ranking.is_label_issue,
        trajectories=np.empty((data.num_samples, 0, 2), dtype=np.uint8),
        neighbours=np.empty((data.num_samples, 2, 0), dtype=np.int64),
        suspected_errors=find_suspected_errors(predictions.ridge_prediction, _verified(data)),
        summary=summary.model_copy(
            update={
                "fallback_reason": predictions.divergence or fallback,
                "reliability": measure_reliability(calibrated.holdout, data.holdout_labels),
                "top": measure_top(
                    ranking.label_score, data.given, _holdout(data), _own_scores(data, calibrated)
                ),
            }
        ),
    )


def _choose(data: TrainingSet, predictions: Predictions) -> tuple[Calibrated, str | None]:
    """The calibrated predictions, and why they are the warm-up's if they are. Both are compared without the
    read-out, which would hide what became of the network.
    """
    method = _calibrate(data, predictions.method, predictions.ridge_prediction)
    if predictions.warm_up is None or len(data.holdout_index) < 2:
        return method, None
    silent = np.full_like(predictions.method, 1 / data.num_classes)
    gains = _log_likelihoods(data, _calibrate(data, predictions.method, silent)) - _log_likelihoods(
        data, _calibrate(data, predictions.warm_up, silent)
    )
    gain, error = float(gains.mean()), float(gains.std(ddof=1) / np.sqrt(len(gains)))
    if gain >= -error:
        return method, None
    return _calibrate(data, predictions.warm_up, predictions.ridge_prediction), (
        f"After its warm-up the run got worse (log-likelihood of the hold-out {gain:+.3f} ± {error:.3f} per "
        "sample), so these are the warm-up's predictions. More verified labels help the method."
    )


def _calibrate(data: TrainingSet, predictions: Floats, ridge_prediction: Floats) -> Calibrated:
    return calibrate(predictions, ridge_prediction, data.given, _random_meta(data), _holdout(data))


def _holdout(data: TrainingSet) -> Verified:
    return Verified(data.holdout_index, data.holdout_labels)


def _verified(data: TrainingSet) -> Verified:
    return Verified(
        np.concatenate([data.meta_index, data.holdout_index]),
        np.concatenate([data.meta_labels, data.holdout_labels]),
    )


def _own_scores(data: TrainingSet, calibrated: Calibrated) -> Floats:
    """Label scores [H] of the hold-out, each as if the sample were not verified."""
    return calibrated.holdout[np.arange(len(data.holdout_index)), data.given[data.holdout_index]]


def _random_meta(data: TrainingSet) -> Verified:
    return Verified(data.meta_index[data.random_meta], data.meta_labels[data.random_meta])


def _log_likelihoods(data: TrainingSet, calibrated: Calibrated) -> NDArray[np.float64]:
    """Of the hold-out's settled classes, [H], each sample judged without itself."""
    own = calibrated.holdout[np.arange(len(data.holdout_index)), data.holdout_labels]
    return np.log(np.maximum(own, np.finfo(np.float32).tiny), dtype=np.float64)


def _exclude_known_wrong(data: TrainingSet, probabilities: Floats) -> Floats:
    """No chance for given labels that are known to be wrong."""
    wrong = data.known_wrong
    others = probabilities[wrong] + np.finfo(np.float32).tiny
    others[np.arange(len(wrong)), data.given[wrong]] = 0
    probabilities[wrong] = others / others.sum(axis=1, keepdims=True)
    return probabilities
