"""The evidence of a run with many classes: a few candidates per sample."""

import itertools
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from mslg_core.features.ridge_loo import (
    DEFAULT,
    INTERCEPT_PENALTY,
    PENALTIES,
    TEMPERATURES,
    VERIFIED_WEIGHTS,
)
from mslg_core.images.training_set import Indices, TrainingSet
from mslg_core.models.class_table import ROWS, Table, parts
from mslg_core.ranking.evidence import Floats
from mslg_core.ranking.verified import select_all

CANDIDATES = 32
# Verified samples that select the settings of the ridge prediction.
MAX_VALIDATION = 1_000


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
    ridge = Ridge.fit(data, features)
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


class Ridge:
    """Leave-one-out ridge predictions, as in `mslg_core.features.ridge_loo`, of some rows at a time.

    Args: inputs [N, R + 1], the features and a one; labels int64 [N]; number of classes C; weights [N] of the
    samples; penalty.
    """

    def __init__(
        self, inputs: Tensor, labels: Tensor, num_classes: int, weights: Tensor, penalty: float
    ) -> None:
        self._inputs, self._labels, self._sample_weights = inputs, labels, weights
        weighted = inputs.T * weights  # [R + 1, N]
        penalties = torch.full((inputs.shape[1],), penalty, device=inputs.device)
        penalties[-1] *= INTERCEPT_PENALTY
        self._inverse = torch.linalg.inv(weighted @ inputs + (penalties * weights.sum()).diag())
        sums = torch.zeros(num_classes, inputs.shape[1], device=inputs.device)
        self._classes = self._inverse @ sums.index_add_(0, labels, weighted.T).T
        self._temperature = DEFAULT[2]

    @classmethod
    def fit(cls, data: TrainingSet, features: Tensor) -> "Ridge":
        """The settings are those under which verified samples are most probable."""
        device, verified = features.device, select_all(data).index
        inputs = torch.cat([features, torch.ones_like(features[:, :1])], dim=1)
        labels = _settled(data).to(device)
        random = data.meta_index[data.random_meta]
        validation = torch.from_numpy(random[:: max(1, len(random) // MAX_VALIDATION)]).to(device)
        best, found = -np.inf, None
        choices = itertools.product(VERIFIED_WEIGHTS, PENALTIES) if len(random) else [DEFAULT[:2]]
        for weight, penalty in choices:
            weights = torch.ones(len(features), device=device)
            weights[torch.from_numpy(verified).to(device)] = weight
            weights[torch.from_numpy(data.known_wrong).to(device)] = 0
            ridge = cls(inputs, labels, data.num_classes, weights, penalty)
            likelihood = ridge.choose_temperature(validation) if len(random) else 0.0
            if found is None or likelihood > best:
                best, found = likelihood, ridge
        assert found is not None  # noqa: S101 # for the type checker
        return found

    def choose_temperature(self, validation: Tensor) -> float:
        """Choose the temperature by the samples `validation` int64 [V]; returns their mean log-likelihood."""
        sums = dict.fromkeys(TEMPERATURES, 0.0)
        for index in torch.split(validation, ROWS):
            scores, labels = self._scores(index), self._labels[index]
            for temperature in TEMPERATURES:
                sums[temperature] -= float(F.cross_entropy(scores / temperature, labels, reduction="sum"))
        self._temperature = max(sums, key=lambda temperature: sums[temperature])
        return sums[self._temperature] / len(validation)

    def predict(self, index: Tensor) -> Tensor:
        """Probabilities [B, C] of the samples `index` int64 [B], each predicted from all others."""
        return (self._scores(index) / self._temperature).softmax(dim=1)

    def _scores(self, index: Tensor) -> Tensor:
        inputs, labels = self._inputs[index], self._labels[index]
        scores = inputs @ self._classes  # [B, C]
        own = ((inputs @ self._inverse) * inputs).sum(dim=1) * self._sample_weights[index]
        scores[torch.arange(len(index), device=index.device), labels] -= own
        without: Tensor = scores.div_((1 - own).unsqueeze(1))
        return without
