"""Leave-one-out ridge predictions with many classes, as in `ridge_loo`, of some rows at a time."""

import itertools

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

# Verified samples that select the settings, and rows at a time.
MAX_VALIDATION, ROWS = 1_000, 512


class Ridge:
    """Leave-one-out ridge predictions, as in `ridge_loo`, of some rows at a time.

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
    def fit(  # noqa: PLR0913, PLR0917 - as `ridge_prediction`
        cls,
        features: Tensor,
        labels: Tensor,
        num_classes: int,
        verified: Tensor,
        validation: Tensor,
        excluded: Tensor,
    ) -> "Ridge":
        """The settings are those under which the samples `validation` are most probable.

        Args: features [N, R]; labels int64 [N]; indices int64 as for `ridge_prediction`.
        """
        inputs = torch.cat([features, torch.ones_like(features[:, :1])], dim=1)
        validation = validation[:: max(1, len(validation) // MAX_VALIDATION)]
        choices = itertools.product(VERIFIED_WEIGHTS, PENALTIES) if len(validation) else [DEFAULT[:2]]
        best, found = -np.inf, None
        for weight, penalty in choices:
            weights = torch.ones(len(features), device=features.device)
            weights[verified] = weight
            weights[excluded] = 0
            ridge = cls(inputs, labels, num_classes, weights, penalty)
            likelihood = ridge.choose_temperature(validation) if len(validation) else 0.0
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
