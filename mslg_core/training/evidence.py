"""Collects what a run knows when it ends, for `mslg_core.ranking.findings.assess`."""

from functools import partial

from mslg_core.images.training_set import TrainingSet
from mslg_core.methods.base import Run
from mslg_core.models.class_table import is_many, zeros_table
from mslg_core.ranking.evidence import Evidence
from mslg_core.training.candidates import collect_candidates
from mslg_core.training.neighbours import find_neighbours, predict_ridge, sample_features
from mslg_core.training.prediction_history import PredictionHistory
from mslg_core.training.warm_start import Start


def collect_evidence(
    data: TrainingSet, run: Run, history: PredictionHistory, start: Start, divergence: str | None
) -> Evidence:
    """The evidence of a run that may still be going on; the network is left in evaluation mode."""
    if is_many(data.num_classes):
        return _collect_candidates(data, run, history, start, divergence)
    warm_up, predictions = history.averages()
    if predictions is None:
        warm_up, predictions = None, warm_up
    if predictions is None:
        predictions = run.predict_all().cpu().numpy()
    features = sample_features(run)
    return Evidence(
        predictions=predictions,
        warm_up_predictions=warm_up,
        ridge_prediction=predict_ridge(data, features),
        trajectories=history.trajectories,
        neighbours=partial(find_neighbours, data, features),
        divergence=divergence,
        warm_started=start.point is not None,
        start_note=start.note,
    )


def _collect_candidates(
    data: TrainingSet, run: Run, history: PredictionHistory, start: Start, divergence: str | None
) -> Evidence:
    """The evidence about a few classes of every sample."""
    warm_up, predictions = history.sums()
    if predictions is None:
        warm_up, predictions = None, warm_up
    if predictions is None:
        predictions = zeros_table(data.num_samples, data.num_classes, run.given.device)
        for index, predicted in run.predict_in_parts():
            predictions[index] = predicted
    features = sample_features(run)
    found = collect_candidates(data, predictions, warm_up, features)
    return Evidence(
        predictions=found.predictions,
        warm_up_predictions=found.warm_up_predictions,
        ridge_prediction=found.ridge_prediction,
        candidates=found.classes,
        trajectories=history.trajectories,
        neighbours=partial(find_neighbours, data, features),
        divergence=divergence,
        warm_started=start.point is not None,
        start_note=start.note,
    )
