"""Compares samples by their features: ridge predictions from all other samples, and nearest verified
neighbours.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from mslg_core.features.features import FITTED_IMAGES, Features
from mslg_core.features.projection import choose_rank, fit_projection
from mslg_core.features.ridge_loo import ridge_prediction
from mslg_core.images.training_set import Indices, TrainingSet
from mslg_core.methods.base import Run
from mslg_core.ranking.verified import Verified, select_all

NEIGHBOURS = 4
# Pairs compared at a time: 64 MiB of similarities.
MAX_PAIRS = 2**24


def sample_features(run: Run) -> Tensor:
    """Decorrelated features of all samples, of mean square about 1, [N, R].

    The extracted features that a head is trained on, or the present inputs of a network's last layer.
    """
    if isinstance(run.images, Features):
        return run.images.plain(run.everything)
    raw = run.features(run.everything)
    drawn = torch.randperm(len(raw), generator=torch.Generator().manual_seed(0))[:FITTED_IMAGES]
    mean, matrix = fit_projection(raw[drawn.to(raw.device)], choose_rank(len(raw)))
    return (raw - mean) @ matrix


def predict_ridge(data: TrainingSet, features: Tensor) -> NDArray[np.float32]:
    """Leave-one-out ridge predictions [N, C] from features [N, R]; see `mslg_core.features.ridge_loo`."""
    device, verified = features.device, select_all(data)
    settled = data.given.copy()
    settled[verified.index] = verified.labels
    labels = F.one_hot(torch.from_numpy(settled).to(device), data.num_classes).float()
    index, validation, excluded = (
        torch.from_numpy(index).to(device)
        for index in (verified.index, data.meta_index[data.random_meta], data.known_wrong)
    )
    return ridge_prediction(features, labels, index, validation, excluded).cpu().numpy()


def find_neighbours(data: TrainingSet, features: Tensor, suggestion: Indices) -> Indices:
    """The nearest verified samples of every sample by cosine similarity, nearest first, [N, 2, NEIGHBOURS].

    First those of the sample's given class, then those of its suggestion; -1 if there are fewer. No sample is
    its own neighbour. Args: features [N, R]; suggestion int64 [N].
    """
    verified = select_all(data)
    own, suggested = (_find_nearest(verified, features, wanted) for wanted in (data.given, suggestion))
    return np.stack([own, suggested], axis=1)


def _find_nearest(verified: Verified, features: Tensor, wanted: Indices) -> Indices:
    """The nearest verified samples of the classes `wanted` int64 [N], [N, NEIGHBOURS]."""
    found = np.full((len(wanted), NEIGHBOURS), -1, dtype=np.int64)
    for label in np.unique(wanted).tolist():
        candidates = verified.index[verified.labels == label]
        if not len(candidates):
            continue
        samples = np.flatnonzero(wanted == label)
        for part in np.array_split(samples, -(-len(samples) * len(candidates) // MAX_PAIRS)):
            nearest = _compare(features, part, candidates)
            found[part, : nearest.shape[1]] = nearest
    return found


def _compare(features: Tensor, samples: Indices, candidates: Indices) -> Indices:
    """For each of the `samples` int64 [n] up to NEIGHBOURS of the `candidates` int64 [V], nearest first."""
    similarity = F.normalize(features[samples]) @ F.normalize(features[candidates]).T  # [n, V]
    itself = torch.from_numpy(samples[:, None] == candidates).to(similarity.device)
    best = similarity.masked_fill_(itself, -torch.inf).topk(min(NEIGHBOURS, len(candidates)), dim=1)
    nearest = candidates[best.indices.cpu().numpy()]
    return np.where(best.values.isinf().cpu().numpy(), -1, nearest)
