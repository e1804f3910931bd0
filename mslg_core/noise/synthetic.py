"""Synthetic label noise at exact rates, for benchmarks. Importable without torch.

All functions are deterministic, return int64 [N] and do not modify their arguments; N samples, C classes.
They raise `ConfigError` for an invalid rate, matrix or shape.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from mslg_core.errors import ConfigError

Ints = NDArray[np.int64]
Floats = NDArray[np.floating]

# truck -> automobile, bird -> airplane, deer -> horse, cat <-> dog: Patrini et al., arXiv 1609.03683
CIFAR10_PAIRS: Mapping[int, int] = MappingProxyType({9: 1, 2: 0, 4: 7, 3: 5, 5: 3})
TEMPERATURE = 2.0
SMALLEST = 1e-12
ROUNDING = 1e-5
LOG_DECIMALS = 6


def uniform_noise(labels: Ints, num_classes: int, rate: float, seed: int) -> Ints:
    """Change round(rate · N) randomly chosen labels to another class, uniformly distributed."""
    rng = np.random.default_rng(seed)
    noisy = labels.astype(np.int64).copy()
    chosen = rng.choice(len(labels), _num_flips(len(labels), rate), replace=False)
    noisy[chosen] = (noisy[chosen] + rng.integers(1, num_classes, len(chosen))) % num_classes
    return noisy


def flip_transition(num_classes: int, rate: float, pairs: Mapping[int, int] | None = None) -> Floats:
    """The transition matrix [C, C] that maps a share `rate` of each class in `pairs` to its paired class.

    Without `pairs` every class is mapped to the next one ("pair flip": Han et al., arXiv 1804.06872).
    """
    _check_rate(rate)
    if pairs is None:
        pairs = {label: (label + 1) % num_classes for label in range(num_classes)}
    transition = np.eye(num_classes)
    for true, wrong in pairs.items():
        transition[true, true] -= rate
        transition[true, wrong] += rate
    return transition


def class_dependent_noise(labels: Ints, transition: Floats, seed: int) -> Ints:
    """Label n · transition[i, j] of the n samples of class i as j.

    transition [C, C]: rows are distributions. Counts are rounded by the largest remainders, so that each is
    within one of the exact value. `seed` determines which samples change.
    """
    _check_transition(transition, labels)
    rng = np.random.default_rng(seed)
    noisy = labels.astype(np.int64).copy()
    for label, row in enumerate(transition):
        samples = rng.permutation(np.flatnonzero(labels == label))
        noisy[samples] = np.repeat(np.arange(len(row)), _apportion(len(samples), row))
    return noisy


def feature_dependent_noise(
    labels: Ints, probabilities: Floats, rate: float, seed: int, tie_breaker: Floats | None = None
) -> Ints:
    """Change round(rate · N) labels to the class with which the image is most easily confused.

    probabilities [N, C]: of a classifier. Samples whose top class differs from their label come first, then
    the samples with the most probable second class. A certain classifier leaves many ties: in 60 % of the
    rows that the MSLG authors published for CIFAR-10, all other classes have the same probability.
    tie_breaker [N, C]: log-probabilities of another classifier, on any scale. It decides which of several
    equally probable classes is closest, and which of several equally close samples is closest to its decision
    boundary. Ties that remain, such as one-hot rows without a `tie_breaker`, are drawn at random from `seed`.

    Source: Algan and Ulusoy, arXiv 2003.10471, and the MSLG authors' code, whose own labels
    `published.published_noise` reproduces.
    """
    _check_probabilities(labels, probabilities)
    finer = np.zeros(probabilities.shape) if tie_breaker is None else tie_breaker
    _check_tie_breaker(finer, probabilities)
    rng, sample = np.random.default_rng(seed), np.arange(len(labels))
    closest = _closest_other(probabilities, finer, labels, rng)
    nearest = probabilities[sample, closest]
    certain = nearest <= probabilities[sample, labels]
    margin = finer[sample, labels] - finer[sample, closest]
    order = np.lexsort((rng.random(len(labels)), margin, -_round_to_float32(nearest), certain))
    chosen = order[: _num_flips(len(labels), rate)]
    noisy = labels.astype(np.int64).copy()
    noisy[chosen] = closest[chosen]
    return noisy


def tied_share(labels: Ints, probabilities: Floats) -> float:
    """Share of the rows [N, C] that do not tell which other class is closest to the label; 0 without rows."""
    others = _without(probabilities, labels)
    tied = (others == others.max(axis=1, keepdims=True)).sum(axis=1) > 1
    return float(tied.mean()) if len(tied) else 0.0


def annotator_noise(
    labels: Ints, probabilities: Floats, rate: float, seed: int, temperature: float = TEMPERATURE
) -> Ints:
    """Change round(rate · N) labels as human annotators might: ambiguous images and similar classes are more
    likely, but not certain, to be mislabelled.

    probabilities [N, C]: of a classifier, flattened by `temperature`. If they are a softmax of probabilities,
    as published by the MSLG authors, the softmax is inverted first. Each row is averaged with the mean row of
    its class, because people also mislabel images of which a network is certain. Samples are drawn in
    proportion to the probability of the other classes, and their wrong class in proportion to the row. The
    result approximates human noise; it lies between `uniform_noise` and the worst case of
    `feature_dependent_noise`.
    """
    _check_probabilities(labels, probabilities)
    if not temperature > 0:
        raise ConfigError(f"The temperature must be above 0, not {temperature}.")
    rng = np.random.default_rng(seed)
    sample = np.arange(len(labels))
    rows = _mix_with_class(_temper(_undo_softmax(probabilities), temperature), labels)
    logits = np.log(np.maximum(rows, SMALLEST))
    unsure = np.log(np.maximum(1.0 - rows[sample, labels], SMALLEST))
    # Gumbel-top-k trick: the largest log-weights plus Gumbel noise are a weighted draw without replacement.
    keys = unsure + rng.gumbel(size=len(labels))
    logits[sample, labels] = -np.inf
    wrong = (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)
    chosen = np.argsort(-keys, kind="stable")[: _num_flips(len(labels), rate)]
    noisy = labels.astype(np.int64).copy()
    noisy[chosen] = wrong[chosen]
    return noisy


def _closest_other(probabilities: Floats, finer: Floats, labels: Ints, rng: np.random.Generator) -> Ints:
    """The class [N] other than the label that is the most probable, then the largest in `finer`."""
    keys = (rng.random(probabilities.shape), finer, _without(probabilities, labels))
    closest: Ints = np.lexsort(keys)[:, -1]
    return closest


def _without(probabilities: Floats, labels: Ints) -> Floats:
    others = probabilities.copy()
    others[np.arange(len(labels)), labels] = -1.0
    return others


def _round_to_float32(probabilities: Floats) -> Floats:
    """Log-probabilities without the digits that differ between equal rows of a float32 softmax.

    These digits depend on the position of the most probable class: in CIFAR-10's published rows they would
    decide which classes are mislabelled first.
    """
    return np.asarray(np.round(np.log(np.maximum(probabilities, SMALLEST), dtype=np.float64), LOG_DECIMALS))


def _undo_softmax(probabilities: Floats) -> Floats:
    """Invert a softmax of probabilities: the rows p with softmax(p) = `probabilities` if all p are
    distributions, else `probabilities`.
    """
    logits = np.log(np.maximum(probabilities, SMALLEST), dtype=np.float64)
    inner = logits - logits.mean(axis=1, keepdims=True) + 1 / probabilities.shape[1]
    return np.maximum(inner, 0.0) if (inner > -ROUNDING).all() else probabilities


def _temper(probabilities: Floats, temperature: float) -> Floats:
    logits = np.log(np.maximum(probabilities, SMALLEST), dtype=np.float64) / temperature
    tempered = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(tempered / tempered.sum(axis=1, keepdims=True))


def _mix_with_class(rows: Floats, labels: Ints) -> Floats:
    """The mean of each row [C] and the mean row of its class."""
    means = np.zeros((rows.shape[1], rows.shape[1]))
    np.add.at(means, labels, rows)
    means /= np.maximum(np.bincount(labels, minlength=len(means)), 1)[:, None]
    return (rows + means[labels]) / 2


def _apportion(total: int, shares: Floats) -> Ints:
    """Integers that sum to `total`, close to total · shares, by the largest remainder method."""
    exact = total * shares / shares.sum()
    counts: Ints = np.floor(exact + 1e-9).astype(np.int64)
    counts[np.argsort(counts - exact, kind="stable")[: total - counts.sum()]] += 1
    return counts


def _num_flips(num_samples: int, rate: float) -> int:
    _check_rate(rate)
    return round(rate * num_samples)


def _check_rate(rate: float) -> None:
    if not 0 <= rate <= 1:
        raise ConfigError(f"The noise rate must be between 0 and 1, not {rate}.")


def _check_transition(transition: Floats, labels: Ints) -> None:
    size = len(transition)
    if transition.shape != (size, size) or not (labels.size == 0 or labels.max() < size):
        raise ConfigError(
            f"The transition matrix must have a row and a column per class, not {transition.shape}."
        )
    if not (np.all(transition >= 0) and np.allclose(transition.sum(axis=1), 1.0)):
        raise ConfigError("Each row of the transition matrix must be non-negative and sum to 1.")


def _check_probabilities(labels: Ints, probabilities: Floats) -> None:
    if probabilities.ndim != 2 or len(probabilities) != len(labels):
        raise ConfigError(
            f"Probabilities must have {len(labels)} rows of classes, not the shape {probabilities.shape}."
        )
    if not (np.isfinite(probabilities).all() and (probabilities >= 0).all()):
        raise ConfigError("Probabilities must be finite and non-negative.")


def _check_tie_breaker(tie_breaker: Floats, probabilities: Floats) -> None:
    if tie_breaker.shape != probabilities.shape or not np.isfinite(tie_breaker).all():
        raise ConfigError(
            f"The tie breaker must hold finite numbers [{len(probabilities)}, {probabilities.shape[1]}], "
            f"not the shape {tie_breaker.shape}."
        )
