"""Places samples on a map: two dimensions in which neighbours by features lie close together."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def place_on_map(vectors: Floats) -> Floats:
    """Places [N, 2] of samples with `vectors` [N, D], 0..1 in both directions."""
    centred = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    return fit_to_square(np.asarray(centred @ axes[:, ::-1][:, :2]))


def fit_to_square(places: Floats) -> Floats:
    """The places [N, 2], moved and scaled to 0..1, the same scale in both directions."""
    low, high = places.min(axis=0), places.max(axis=0)
    scale = max(float((high - low).max()), 1e-12)
    fitted: Floats = ((places - (low + high) / 2) / scale + 0.5).astype(np.float32)
    return fitted
