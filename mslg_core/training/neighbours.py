"""Samples by their features: what the others' labels say of each, and the verified ones most like it."""

from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from mslg_core.features.features import FITTED_IMAGES, Features, choose_rank, fit_projection
from mslg_core.features.ridge_loo import ridge_prediction
from mslg_core.images.training_set import Indices, TrainingSet
from mslg_core.methods.base import Run

NEIGHBOURS = 4
# So many pairs are compared at a time: 64 MiB of similarities.
MAX_PAIRS = 2**24


class FeatureSpace:
    """The samples of a training set as a run sees them: by what its head is given, or by the last layer of a
    network as it is now.
    """

    def __init__(self, data: TrainingSet, run: Run) -> None:
        self._data, self._run = data, run
        self._verified = np.concatenate([data.meta_index, data.holdout_index])
        self._settled = np.concatenate([data.meta_labels, data.holdout_labels])

    def ridge_prediction(self) -> NDArray[np.float32]:
        """Every label as read off the others, probabilities [N, C]; see `mslg_core.features.ridge_loo`."""
        data, device = self._data, self._run.given.device
        settled = data.given.copy()
        settled[self._verified] = self._settled
        labels = F.one_hot(torch.from_numpy(settled).to(device), data.num_classes).float()
        verified, validation, left_out = (
            torch.from_numpy(index).to(device)
            for index in (self._verified, data.meta_index[data.random_meta], data.known_wrong)
        )
        return ridge_prediction(self._features, labels, verified, validation, left_out).cpu().numpy()

    def neighbours(self, suggestion: Indices) -> Indices:
        """Indices of the verified samples that are most like each sample, nearest first, [N, 2, NEIGHBOURS]:
        those of its given class, and those of the class that `suggestion` int64 [N] names; -1 where there are
        no more. No sample is its own neighbour.
        """
        return np.stack([self._nearest(self._data.given), self._nearest(suggestion)], axis=1)

    def _nearest(self, wanted: Indices) -> Indices:
        """Of the classes `wanted` int64 [N], [N, NEIGHBOURS]."""
        found = np.full((len(wanted), NEIGHBOURS), -1, dtype=np.int64)
        for label in np.unique(wanted).tolist():
            members = self._verified[self._settled == label]
            if not len(members):
                continue
            directions = F.normalize(self._features[members])
            samples = np.flatnonzero(wanted == label)
            for part in np.array_split(samples, -(-len(samples) * len(members) // MAX_PAIRS)):
                nearest = self._compare(part, members, directions)
                found[part, : nearest.shape[1]] = nearest
        return found

    def _compare(self, samples: Indices, members: Indices, directions: Tensor) -> Indices:
        """For each of the `samples` int64 [n] up to `NEIGHBOURS` of the `members` int64 [V], by the cosine;
        `directions` [V, R] are those of the members' features.
        """
        alike = F.normalize(self._features[samples]) @ directions.T  # [n, V]
        itself = torch.from_numpy(samples[:, None] == members).to(alike.device)
        best = alike.masked_fill_(itself, -torch.inf).topk(min(NEIGHBOURS, len(members)), dim=1)
        nearest = members[best.indices.cpu().numpy()]
        return np.where(best.values.isinf().cpu().numpy(), -1, nearest)

    @cached_property
    def _features(self) -> Tensor:
        """Decorrelated, of mean square about 1, [N, R]."""
        run = self._run
        everything = torch.arange(len(run.given), device=run.given.device)
        if isinstance(run.images, Features):
            return run.images.plain(everything)
        raw = run.features(everything)
        drawn = torch.randperm(len(raw), generator=torch.Generator().manual_seed(0))[:FITTED_IMAGES]
        mean, matrix = fit_projection(raw[drawn.to(raw.device)], choose_rank(len(raw)))
        return (raw - mean) @ matrix
