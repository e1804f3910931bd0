"""Wrong labels made on purpose, at exact rates, for measuring. Importable without torch."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def uniform_noise(labels: Ints, num_classes: int, rate: float, seed: int) -> Ints:
    """Labels [N] of which round(rate · N), drawn at random, are another class, each other class equally
    likely.
    """
    rng = np.random.default_rng(seed)
    noisy = labels.astype(np.int64).copy()
    chosen = rng.choice(len(labels), _num_flips(len(labels), rate), replace=False)
    noisy[chosen] = (noisy[chosen] + rng.integers(1, num_classes, len(chosen))) % num_classes
    return noisy


def feature_dependent_noise(
    labels: Ints, probabilities: NDArray[np.floating], rate: float, seed: int
) -> Ints:
    """Labels [N] of which round(rate · N) become the class they are most easily taken for.

    probabilities [N, C]: a classifier's. First, samples whose top class is not their label take it; then
    the samples with the most probable second class take that. Among equals, `seed` decides. Source: the
    MSLG authors' code, after Algan and Ulusoy, arXiv 2003.10471.
    """
    others = np.array(probabilities, dtype=np.float64)
    sample = np.arange(len(labels))
    confused = others.argmax(axis=1) != labels
    others[sample, labels] = -1.0
    closest = others.argmax(axis=1)
    tie = np.random.default_rng(seed).random(len(labels))
    order = np.lexsort((tie, -others[sample, closest], ~confused))
    chosen = order[: _num_flips(len(labels), rate)]
    noisy = labels.astype(np.int64).copy()
    noisy[chosen] = closest[chosen]
    return noisy


def _num_flips(num_samples: int, rate: float) -> int:
    if not 0 <= rate <= 1:
        raise ValueError(f"rate must be within 0 and 1, not {rate}")
    return round(rate * num_samples)
