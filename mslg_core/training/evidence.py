"""Collects what a run knows when it ends, for `mslg_core.ranking.findings.assess`."""

from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

from mslg_core.features.ridge_loo import Ridge
from mslg_core.images.training_set import Indices, TrainingSet
from mslg_core.methods.base import Run
from mslg_core.models.class_table import Table, is_many, parts, zeros_table
from mslg_core.ranking.evidence import Evidence, Floats
from mslg_core.ranking.verified import select_all
from mslg_core.training.neighbours import find_neighbours, predict_ridge, sample_features
from mslg_core.training.prediction_history import PredictionHistory
from mslg_core.training.warm_start import Start

# Classes per sample, of many.
CANDIDATES = 32


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


class Candidates(NamedTuple):
    """classes int64 [N, K], the given label first; predictions, ridge_prediction float32 [N, K]: their
    probabilities; warm_up_predictions: the same, None without other epochs.
    """

    classes: Indices
    predictions: Floats
    warm_up_predictions: Floats | None
    ridge_prediction: Floats


def collect_candidates(
    data: TrainingSet, predictions: Table, warm_up: Table | None, features: Tensor
) -> Candidates:
    """Choose the candidates of every sample.

    Args: sums of predictions [N, C] over epochs of the method, and of the warm-up; features [N, R].
    """
    given, settled = torch.from_numpy(data.given), _settled(data)
    ridge = _fit_ridge(data, features, settled)
    tables = [table for table in (predictions, warm_up) if table is not None]
    found: list[list[Tensor]] = []
    for index in parts(len(given), features.device):
        rows = [_normalise(table[index]) for table in tables] + [ridge.predict(index)]
        total = torch.stack(rows).sum(dim=0)
        place = torch.arange(len(index), device=index.device)
        total[place, settled.to(index.device)[index]] = 1e3
        has_given = given.to(index.device)[index] >= 0
        total[place[has_given], given.to(index.device)[index][has_given]] = 1e4
        classes = total.topk(CANDIDATES, dim=1).indices
        found.append([classes, *(row.gather(1, classes) for row in rows)])
    columns = [torch.cat(column).cpu().numpy() for column in zip(*found, strict=True)]
    return Candidates(columns[0], columns[1], columns[2] if warm_up is not None else None, columns[-1])


def _normalise(rows: Tensor) -> Tensor:
    return rows / rows.sum(dim=1, keepdim=True)


def _settled(data: TrainingSet) -> Tensor:
    """The verified class of verified samples and the given label of all others, int64 [N]."""
    labels, verified = data.given.copy(), select_all(data)
    labels[verified.index] = verified.labels
    return torch.from_numpy(labels)


def _fit_ridge(data: TrainingSet, features: Tensor, settled: Tensor) -> Ridge:
    verified, validation, excluded = (
        torch.from_numpy(index).to(features.device)
        for index in (select_all(data).index, data.meta_index[data.random_meta], data.known_wrong)
    )
    labels = settled.to(features.device)
    return Ridge.fit(features, labels, data.num_classes, verified, validation, excluded)
