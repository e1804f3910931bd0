"""Finds images that fit no class: far from every class in the features.

The distance is Mahalanobis' to the nearest class (Lee et al. 2018), relative to its median. Images without
similar neighbours are outliers; those with neighbours that fit no class either look like another dataset. An
image that is alone in its class is the mean of that class, so its distance says nothing: it is not judged.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mslg_core.images.training_set import Indices
from mslg_core.neighbours.index import Neighbours

# How many standard deviations above the median a distance is far; and for neighbours, rather far.
FAR, RATHER_FAR = 3.0, 2.0
# Share of the nearest neighbours that must be rather far, for an image of another dataset.
COMPANY = 0.3
SHRINKAGE = 0.1
# Standard deviation of a normal distribution, in median absolute deviations.
NORMAL_SPREAD = 1.4826
# Distances compared at a time: 64 MiB.
MAX_PAIRS = 2**23

Floats = NDArray[np.float32]


class Outliers(NamedTuple):
    """score float32 [N], 0..1, low = far from every class; is_outlier, is_foreign bool [N]."""

    score: Floats
    is_outlier: NDArray[np.bool_]
    is_foreign: NDArray[np.bool_]


def find_outliers(vectors: Floats, labels: Indices, neighbours: Neighbours) -> Outliers:
    """The outliers among samples with `vectors` [N, D] and most probable true classes `labels` int64 [N]."""
    distance, judged = distance_to_nearest_class(vectors, labels), _has_company(labels)
    if not judged.any():
        return Outliers(np.ones(len(labels), np.float32), judged, judged)
    middle = np.median(distance[judged])
    spread = np.median(np.abs(distance[judged] - middle)) * NORMAL_SPREAD
    is_far = judged & (distance > middle + FAR * spread)
    is_rather_far = judged & (distance > middle + RATHER_FAR * spread)
    company = is_rather_far[neighbours.index].sum(axis=1) / max(neighbours.index.shape[1], 1)
    is_foreign = is_far & (company >= COMPANY)
    score = np.where(judged, np.minimum(middle / np.maximum(distance, 1e-12), 1), 1).astype(np.float32)
    return Outliers(score, is_far & ~is_foreign, is_foreign)


def distance_to_nearest_class(vectors: Floats, labels: Indices) -> Floats:
    """Mahalanobis distance [N] to the nearest mean of a class, with one covariance for all classes."""
    classes, index = np.unique(labels, return_inverse=True)
    counts = np.bincount(index)[:, None]
    means = np.zeros((len(classes), vectors.shape[1]), dtype=np.float64)
    np.add.at(means, index, vectors)
    means /= counts
    precision = _whitening(vectors - means[index])
    white, white_means = vectors @ precision, means @ precision
    parts = np.array_split(white, -(-len(white) * len(means) // MAX_PAIRS) or 1)
    nearest = np.concatenate([_nearest_squares(part, white_means) for part in parts])
    return np.sqrt(nearest.astype(np.float32))


def _nearest_squares(points: NDArray[np.float64], means: NDArray[np.float64]) -> NDArray[np.float64]:
    """Squared distances [n] of the points [n, D] to the nearest of the means [C, D]."""
    relative = (means**2).sum(axis=1) - 2 * points @ means.T  # [n, C]
    return np.asarray((relative.min(axis=1) + (points**2).sum(axis=1)).clip(min=0))


def _has_company(labels: Indices) -> NDArray[np.bool_]:
    """Whether another sample has the same label, [N]."""
    _, index, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return np.asarray(counts[index] > 1)


def _whitening(deviations: NDArray[np.float64]) -> NDArray[np.float64]:
    """The matrix [D, D] that makes the covariance of `deviations` [N, D], shrunk to its diagonal, one."""
    covariance = deviations.T @ deviations / len(deviations)
    diagonal = np.diag(np.diag(covariance)) + 1e-9 * np.eye(len(covariance))
    values, axes = np.linalg.eigh((1 - SHRINKAGE) * covariance + SHRINKAGE * diagonal)
    return np.asarray(axes / np.sqrt(np.maximum(values, 1e-12)))
