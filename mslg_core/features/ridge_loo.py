"""Leave-one-out ridge prediction: ridge regression on features, each sample predicted without its own label.

It differs from the network's last layer in two ways. It learns from the whole verified set, with a weight
that is chosen on verified samples. And a sample's own label, which may be wrong, does not influence its
prediction, except through what a trained network's features learned from it. Both cost one linear system:
leave-one-out predictions of ridge regression are exact and follow from the fit.

Source: Rifkin and Lippert, "Notes on regularized least squares" (MIT, 2007).
"""

import itertools

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

# Weights of a verified sample, relative to any other; penalties are relative to the sum of all weights.
VERIFIED_WEIGHTS = (1.0, 3.0, 10.0, 30.0)
PENALTIES = (0.3, 1.0, 3.0)
TEMPERATURES = (1 / 4, 1 / 8, 1 / 16, 1 / 32)
# Weight, penalty and temperature without validation samples.
DEFAULT = (3.0, 1.0, 1 / 16)
# The intercept is hardly penalised: just enough to keep the system regular.
INTERCEPT_PENALTY = 1e-3
# With many classes: verified samples that select the settings, and rows at a time.
MAX_VALIDATION, ROWS = 1_000, 512


def ridge_prediction(
    features: Tensor, labels: Tensor, verified: Tensor, validation: Tensor, excluded: Tensor
) -> Tensor:
    """Probabilities [N, C] of every sample's class, predicted from all other samples.

    Args: features [N, R], each of mean square about 1; labels [N, C], one-hot; verified int64 [V], samples
    whose label is settled; validation int64, verified samples whose likelihood selects weight, penalty and
    temperature; excluded int64, samples whose label is ignored.
    """
    truth = labels[validation].argmax(dim=1)
    best, found = -torch.inf, torch.full_like(labels, 1 / labels.shape[1])
    choices = itertools.product(VERIFIED_WEIGHTS, PENALTIES) if len(validation) else [DEFAULT[:2]]
    for weight, penalty in choices:
        weights = torch.ones(len(features), device=features.device)
        weights[verified] = weight
        weights[excluded] = 0
        scores = leave_one_out(features, labels, weights, penalty)
        for temperature in TEMPERATURES if len(validation) else DEFAULT[2:]:
            fit = -float(F.cross_entropy(scores[validation] / temperature, truth)) if len(validation) else 0.0
            if fit > best:
                best, found = fit, (scores / temperature).softmax(dim=1)
    return found


def leave_one_out(features: Tensor, targets: Tensor, weights: Tensor, penalty: float) -> Tensor:
    """Predictions [N, C] of the targets [N, C], each by ridge regression on the other samples; weights [N].

    With H the inverse of the weighted, penalised Gram matrix and h_i = w_i x_iᵀ H x_i, the prediction without
    sample i is (p_i - h_i y_i) / (1 - h_i), where p_i is the one with it.
    """
    inputs = torch.cat([features, torch.ones_like(features[:, :1])], dim=1)
    weighted = inputs.T * weights
    penalties = torch.full((inputs.shape[1],), penalty, device=inputs.device, dtype=inputs.dtype)
    penalties[-1] *= INTERCEPT_PENALTY
    inverse = torch.linalg.inv(weighted @ inputs + (penalties * weights.sum()).diag())
    predicted = inputs @ (inverse @ (weighted @ targets))
    own = ((inputs @ inverse) * inputs).sum(dim=1, keepdim=True) * weights.unsqueeze(1)
    without: Tensor = (predicted - own * targets) / (1 - own)
    return without


class Ridge:
    """With many classes: leave-one-out predictions, as `ridge_prediction` makes them, of some rows at a time.

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
