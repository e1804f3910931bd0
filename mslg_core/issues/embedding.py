"""Places samples on a map: two dimensions in which neighbours by features lie close together.

The forces are UMAP's (McInnes et al. 2018): neighbours attract each other, random samples repel. They act on
all samples at once, drawn anew in each round, from the leading two principal axes on. umap-learn itself would
bring numba and scipy, see docs/decisions/0014-issues.md.
"""

import numpy as np
from numpy.typing import NDArray

from mslg_core.neighbours.index import Neighbours

ROUNDS = 100
# Neighbours and random samples that act on each sample in a round.
ATTRACTING, REPELLING = 3, 15
# UMAP's curve for its default distances.
A, B = 1.577, 0.895
MAX_FORCE = 4.0
# Width of the principal axes at the beginning.
WIDTH = 5.0
SEED = 0

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]


def place_on_map(vectors: Floats, neighbours: Neighbours) -> Floats:
    """Places [N, 2] of samples with `vectors` [N, D] and their neighbours, 0..1 in both directions."""
    places = _principal_axes(vectors)
    if neighbours.index.shape[1]:
        rng = np.random.default_rng(SEED)
        for number in range(ROUNDS):
            _move(places, neighbours.index, 1 - number / ROUNDS, rng)
    return fit_to_square(places)


def fit_to_square(places: Floats) -> Floats:
    """The places [N, 2], moved and scaled to 0..1, the same scale in both directions."""
    low, high = places.min(axis=0), places.max(axis=0)
    scale = max(float((high - low).max()), 1e-12)
    fitted: Floats = ((places - (low + high) / 2) / scale + 0.5).astype(np.float32)
    return fitted


def _principal_axes(vectors: Floats) -> Floats:
    """The leading two principal axes [N, 2], of standard deviation `WIDTH`."""
    centred = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    leading = centred @ axes[:, ::-1][:, :2]
    leading = np.pad(leading, ((0, 0), (0, 2 - leading.shape[1])))
    return np.asarray(WIDTH * leading / np.maximum(leading.std(axis=0), 1e-12), dtype=np.float32)


def _move(places: Floats, index: Indices, rate: float, rng: np.random.Generator) -> None:
    """Move all places [N, 2] once along the forces, in place; `index` [N, K] are the neighbours."""
    chosen = rng.integers(0, index.shape[1], (len(places), ATTRACTING))
    attracting = np.take_along_axis(index, chosen, axis=1)
    forces = _pull(places, attracting)  # [N, ATTRACTING, 2]
    moves = forces.sum(axis=1)
    for axis in range(2):
        moves[:, axis] -= np.bincount(attracting.ravel(), forces[:, :, axis].ravel(), len(places))
    moves += _push(places, rng.integers(0, len(places), (len(places), REPELLING))).sum(axis=1)
    places += rate / ATTRACTING * moves


def _pull(places: Floats, others: Indices) -> Floats:
    """Forces [N, M, 2] towards the samples `others` [N, M]."""
    offset, square = _offsets(places, others)
    strength = -2 * A * B * np.maximum(square, 1e-9) ** (B - 1) / (1 + A * square**B)
    return np.clip(strength[:, :, None] * offset, -MAX_FORCE, MAX_FORCE)


def _push(places: Floats, others: Indices) -> Floats:
    """Forces [N, M, 2] away from the samples `others` [N, M]."""
    offset, square = _offsets(places, others)
    strength = 2 * B / ((0.001 + square) * (1 + A * square**B))
    return np.clip(strength[:, :, None] * offset, -MAX_FORCE, MAX_FORCE)


def _offsets(places: Floats, others: Indices) -> tuple[Floats, Floats]:
    """Offsets [N, M, 2] from the samples `others`, and their squared lengths [N, M]."""
    offset = places[:, None] - places[others]
    return offset, np.square(offset).sum(axis=2)
