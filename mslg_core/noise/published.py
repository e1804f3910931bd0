"""The MSLG authors' own feature-dependent noise, for the paper's table. Importable without torch."""

import numpy as np

from mslg_core.noise.synthetic import Floats, Ints


def published_noise(labels: Ints, probabilities: Floats, rate: float, seed: int) -> Ints:
    """Labels [N], int(rate · N) of them wrong, as the authors' `noise_featuredependent` chooses them.

    probabilities [N, C]: the authors' published ones. They are saturated: in 60 % of CIFAR-10's rows all nine
    other classes are equal. Above a rate of 40 %, the order in which `np.argsort` leaves equal numbers
    decides which labels change, and nearly all of these become the last class.
    `synthetic.feature_dependent_noise` breaks such ties by a second classifier. Where the second class has a
    probability of 0, `seed` draws the class.

    The labels equal the authors' only if the samples are in the published order, and if numpy leaves equal
    numbers in the same order: `np.argsort` is not stable, and its vectorised versions differ between
    processors. The tests compare hashes.

    Source: `noise_featuredependent` in `dataset.py` of github.com/gorkemalgan/MSLG_noisy_label.
    """
    count = int(rate * len(labels))
    ranked = np.argsort(probabilities, axis=1)
    first, second = ranked[:, -1], ranked[:, -2]
    confused = np.flatnonzero(first != labels)
    noisy = labels.astype(np.int64).copy()
    if len(confused) >= count:
        chosen = _most_probable(confused, probabilities, first, count)
        noisy[chosen] = first[chosen]
        return noisy
    noisy[confused] = first[confused]
    others = np.setdiff1d(np.arange(len(labels)), confused)
    chosen = _most_probable(others, probabilities, second, count - len(confused))
    noisy[chosen] = second[chosen]
    _draw_where_nothing_is_known(noisy, labels, chosen[probabilities[chosen, second[chosen]] == 0], seed)
    return noisy


def _most_probable(samples: Ints, probabilities: Floats, classes: Ints, count: int) -> Ints:
    """The `count` of the `samples` whose class of `classes` is the most probable; not a stable order."""
    return samples[np.argsort(probabilities[samples, classes[samples]])[len(samples) - count :]]


def _draw_where_nothing_is_known(noisy: Ints, labels: Ints, samples: Ints, seed: int) -> None:
    num_classes = int(labels.max()) + 1
    shift = np.random.default_rng(seed).integers(1, num_classes, len(samples))
    noisy[samples] = (labels[samples] + shift) % num_classes
