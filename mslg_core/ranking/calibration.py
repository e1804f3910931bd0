"""What a prediction and a given label say together, calibrated on verified samples. Importable without torch.

A network that has learned from noisy labels is unsure, and partly repeats them; how much its word and how
much the given label's is worth differs from dataset to dataset, and verified samples tell. With f and r the
averaged prediction and the read-out (see `mslg_core.features.ridge_loo`) for a sample whose given label is g,

    P(true class = c) ∝ exp(a · log f_c + d · log r_c + b · [c = g] + k · log t_cg),

where t_cg says how much more often than by chance class c is labelled g when it is labelled wrong. Four
coefficients need few verified samples; they are fitted by maximum likelihood under a prior that takes the
mean of both predictions and leaves the given label aside, and neither prediction is ever held against
itself: a and d stay non-negative. Source: temperature scaling (Guo et al., arXiv
1706.04599) and the transition matrix of Patrini et al. (arXiv 1609.03683), in one multinomial logistic
regression.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mslg_core.ranking.metrics import Ints

Floats = NDArray[np.float32]
Coefficients = NDArray[np.float64]  # a, d, b, k

PRIOR = np.array([0.5, 0.5, 0.0, 0.0])
# Strength of the prior of each coefficient, in verified samples of curvature one.
STRENGTH = np.array([16.0, 16.0, 1.0, 10.0])
# The coefficients that weigh a prediction.
WEIGHTS = np.array([True, True, False, False])
FLOOR = 1e-6
# Wrong labels that a class is thought to have had, spread over the others, before any is counted.
PSEUDO_COUNT = 20.0
RARELY = -7.0
ROUNDS = 3
FOLDS = 5
MAX_NEWTON_STEPS = 50
SHORTEST = 1e-3


@dataclass(frozen=True, slots=True)
class Verified:
    """Samples whose true class is known: index, labels int64 [V]."""

    index: Ints
    labels: Ints


@dataclass(frozen=True, slots=True)
class Calibrated:
    """probabilities float32 [N, C] of the true class; meta float32 [M, C] and holdout float32 [H, C]: the
    same for verified samples, each one's by coefficients that were fitted without it.
    """

    probabilities: Floats
    meta: Floats
    holdout: Floats


def calibrate(
    predictions: Floats, ridge_prediction: Floats, given: Ints, meta: Verified, holdout: Verified
) -> Calibrated:
    """Calibrate averaged predictions and a read-out [N, C] of samples with given labels int64 [N].

    The meta set's given labels were not learned, unlike all others: its predictions agree with them less
    often. It gives the prior, from which the hold-out moves the coefficients to where they belong.
    """
    logs = np.log(np.maximum(np.stack([predictions, ridge_prediction], axis=2), FLOOR))  # [N, C, 2]
    confusion = np.zeros((predictions.shape[1],) * 2, dtype=np.float32)
    for _ in range(ROUNDS):
        prior = _fit(logs, given, confusion, meta, PRIOR)
        coefficients = _fit(logs, given, confusion, holdout, prior)
        confusion = log_confusion(_apply(coefficients, logs, given, confusion), given)
    prior = _fit(logs, given, confusion, meta, PRIOR)
    coefficients = _fit(logs, given, confusion, holdout, prior)
    return Calibrated(
        probabilities=_apply(coefficients, logs, given, confusion),
        meta=_cross_fit(logs, given, confusion, PRIOR, meta),
        holdout=_cross_fit(logs, given, confusion, prior, holdout),
    )


def log_confusion(probabilities: Floats, given: Ints) -> Floats:
    """Log t [C, C], true class (row) by given label: how much more often than by chance a wrong label of the
    class is that one; zero on the diagonal.
    """
    num_classes = probabilities.shape[1]
    counts = np.stack([probabilities[given == label].sum(axis=0) for label in range(num_classes)], axis=1)
    counts += PSEUDO_COUNT / (num_classes - 1)
    np.fill_diagonal(counts, 0)
    shares = counts / counts.sum(axis=1, keepdims=True)
    np.fill_diagonal(shares, 1 / (num_classes - 1))
    log_t: Floats = np.log(shares * (num_classes - 1)).clip(min=RARELY).astype(np.float32)
    return log_t


def _cross_fit(
    logs: Floats, given: Ints, confusion: Floats, prior: Coefficients, verified: Verified
) -> Floats:
    """Every fifth of the samples `verified` by coefficients from the rest of them, [V, C]."""
    fold = np.arange(len(verified.index)) % FOLDS
    found = np.empty((len(fold), logs.shape[1]), dtype=np.float32)
    for own in (fold == k for k in range(FOLDS)):
        others = Verified(verified.index[~own], verified.labels[~own])
        measured = verified.index[own]
        coefficients = _fit(logs, given, confusion, others, prior)
        found[own] = _apply(coefficients, logs[measured], given[measured], confusion)
    return found


def _apply(coefficients: Coefficients, logs: Floats, given: Ints, confusion: Floats) -> Floats:
    """Probabilities [n, C]."""
    *weights, b, k = coefficients.astype(np.float32)
    scores: Floats = logs @ np.array(weights) + k * confusion.T[given]
    scores[np.arange(len(given)), given] += b
    return _softmax(scores)


def _fit(
    logs: Floats, given: Ints, confusion: Floats, verified: Verified, prior: Coefficients
) -> Coefficients:
    """Maximum a posteriori with no negative weight of a prediction: those that would be are held at zero."""
    index = verified.index
    own = np.eye(logs.shape[1])[given[index]]
    others = np.stack([own, confusion.T[given[index]]], axis=2)
    inputs = np.concatenate([logs[index], others], axis=2).astype(np.float64)  # [V, C, 4]
    target = inputs[np.arange(len(index)), verified.labels]  # [V, 4]
    free = np.ones(len(prior), dtype=np.bool_)
    while True:
        coefficients = _newton(inputs, target, prior, free)
        negative = (coefficients < 0) & WEIGHTS
        if not negative.any():
            return coefficients
        free &= ~negative


def _newton(
    inputs: NDArray[np.float64], target: NDArray[np.float64], prior: Coefficients, free: NDArray[np.bool_]
) -> Coefficients:
    """Maximum a posteriori by Newton's method, coefficients that are not `free` being zero; the objective is
    convex.
    """
    coefficients = prior * free
    for _ in range(MAX_NEWTON_STEPS):
        p = _softmax(inputs @ coefficients)
        mean = np.einsum("vc,vci->vi", p, inputs)
        gradient = (mean - target).sum(axis=0) + STRENGTH * (coefficients - prior)
        spread = np.einsum("vc,vci,vcj->ij", p, inputs, inputs) - mean.T @ mean
        curvature = spread + np.diag(STRENGTH)
        step = np.zeros_like(prior)
        step[free] = np.linalg.solve(curvature[np.ix_(free, free)], gradient[free])
        coefficients = coefficients - _shorten(step, coefficients, prior, inputs, target) * step
        if np.abs(step).max() < 1e-8:
            break
    return coefficients


def _shorten(
    step: Coefficients,
    start: Coefficients,
    prior: Coefficients,
    inputs: NDArray[np.float64],
    target: NDArray[np.float64],
) -> float:
    """The largest of 1, 1/2, 1/4, … with which a Newton step does not climb."""

    def objective(at: Coefficients) -> float:
        scores = inputs @ at
        highest = scores.max(axis=1, keepdims=True)
        log_sum = highest[:, 0] + np.log(np.exp(scores - highest).sum(axis=1))
        return float((log_sum - target @ at).sum() + (STRENGTH * (at - prior) ** 2).sum() / 2)

    length, now = 1.0, objective(start)
    while length > SHORTEST and objective(start - length * step) > now:
        length /= 2
    return length


def _softmax(scores: NDArray[Any]) -> NDArray[Any]:
    """Over the last axis."""
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    normalised: NDArray[Any] = shares / shares.sum(axis=-1, keepdims=True)
    return normalised
