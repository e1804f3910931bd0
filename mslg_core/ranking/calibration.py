"""Combines predictions and given labels into calibrated probabilities of the true class.

A network that learned from noisy labels is uncertain and partly repeats them. How much weight its predictions
and the given labels deserve differs between datasets, so both weights are fitted on verified samples. There
are three sources of evidence for a sample with given label g: the averaged prediction f, the leave-one-out
ridge prediction r (see `mslg_core.features.ridge_loo`) and g itself:

    P(true class = c) ∝ exp(a · log f_c + d · log r_c + b · [c = g] + k · log t_cg).

t_cg compares how often a wrong label of class c is g with uniform noise. Four coefficients need few
verified samples. They are fitted by maximum a posteriori; the prior averages both predictions and ignores the
given label. a and d stay non-negative, so a prediction is never used against itself.

Source: temperature scaling (Guo et al., arXiv 1706.04599) and the transition matrix of Patrini et al. (arXiv
1609.03683), in one multinomial logistic regression.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mslg_core.images.training_set import NO_LABEL
from mslg_core.ranking.metrics import Ints
from mslg_core.ranking.verified import Verified

Floats = NDArray[np.float32]
Coefficients = NDArray[np.float64]  # a, d, b, k

PRIOR = np.array([0.5, 0.5, 0.0, 0.0])
# Precision of the Gaussian prior of each coefficient.
STRENGTH = np.array([16.0, 16.0, 1.0, 10.0])
# The coefficients of the two predictions: they stay non-negative.
WEIGHTS = np.array([True, True, False, False])
# Least probability before the logarithm.
FLOOR = 1e-6
# Pseudo-count (Dirichlet prior) of wrong labels per class, spread evenly over the other classes.
PSEUDO_COUNT = 20.0
# Least log t.
MIN_LOG_CONFUSION = -7.0
# Coefficients and confusions depend on each other: they are fitted in turn, this many times.
ROUNDS = 3
FOLDS = 5
MAX_NEWTON_STEPS = 50
MIN_STEP_LENGTH = 1e-3


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Probabilities of the true class.

    probabilities float32 [N, C]: of all samples; meta float32 [M, C], holdout float32 [H, C]: of verified
    samples, cross-fitted (each sample's by coefficients that were fitted without it).
    """

    probabilities: Floats
    meta: Floats
    holdout: Floats


def calibrate(
    predictions: Floats, ridge_prediction: Floats, given: Ints, meta: Verified, holdout: Verified
) -> Calibrated:
    """Calibrate averaged predictions and ridge predictions [N, C] of samples with given labels int64 [N].

    The network did not learn the given labels of the meta set, so its predictions agree with them less often
    than elsewhere. Coefficients fitted on the meta set are therefore only the prior of the fit on the
    hold-out. Held-out samples without a given label say nothing about b and k. They join the first fit.
    """
    labelled = given != NO_LABEL
    first, second = _join(meta, holdout.where(~labelled)), holdout.where(labelled)
    logs = np.log(np.maximum(np.stack([predictions, ridge_prediction], axis=2), FLOOR))  # [N, C, 2]
    confusion = np.zeros((predictions.shape[1],) * 2, dtype=np.float32)
    for _ in range(ROUNDS):
        prior = _fit(logs, given, confusion, first, PRIOR)
        coefficients = _fit(logs, given, confusion, second, prior)
        confusion = log_confusion(_apply(coefficients, logs, given, confusion), given)
    prior = _fit(logs, given, confusion, first, PRIOR)
    coefficients = _fit(logs, given, confusion, second, prior)
    of_first = _cross_fit(logs, given, confusion, PRIOR, first)
    of_holdout = np.empty((len(holdout.index), logs.shape[1]), dtype=np.float32)
    of_holdout[labelled[holdout.index]] = _cross_fit(logs, given, confusion, prior, second)
    of_holdout[~labelled[holdout.index]] = of_first[len(meta.index) :]
    return Calibrated(
        probabilities=_apply(coefficients, logs, given, confusion),
        meta=of_first[: len(meta.index)],
        holdout=of_holdout,
    )


def _join(*parts: Verified) -> Verified:
    return Verified(np.concatenate([p.index for p in parts]), np.concatenate([p.labels for p in parts]))


def log_confusion(probabilities: Floats, given: Ints) -> Floats:
    """Log t [C, C], true class (row) by given label: how much more often than under uniform noise a wrong
    label of the class is that one. Zero on the diagonal.

    Args: probabilities [N, C] of the true class; given int64 [N].
    """
    num_classes = probabilities.shape[1]
    counts = np.stack([probabilities[given == label].sum(axis=0) for label in range(num_classes)], axis=1)
    counts += PSEUDO_COUNT / (num_classes - 1)
    np.fill_diagonal(counts, 0)
    shares = counts / counts.sum(axis=1, keepdims=True)
    np.fill_diagonal(shares, 1 / (num_classes - 1))
    log_t: Floats = np.log(shares * (num_classes - 1)).clip(min=MIN_LOG_CONFUSION).astype(np.float32)
    return log_t


def _cross_fit(
    logs: Floats, given: Ints, confusion: Floats, prior: Coefficients, verified: Verified
) -> Floats:
    """Probabilities [V, C] of the samples `verified`, each fold by coefficients from the other folds."""
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
    labelled = np.flatnonzero(given != NO_LABEL)
    scores: Floats = logs @ np.array(weights)
    scores[labelled] += k * confusion.T[given[labelled]]
    scores[labelled, given[labelled]] += b
    return _softmax(scores)


def _fit(
    logs: Floats, given: Ints, confusion: Floats, verified: Verified, prior: Coefficients
) -> Coefficients:
    """Maximum a posteriori. Weights of predictions that would become negative are fixed at zero."""
    index = verified.index
    own = np.eye(logs.shape[1])[given[index]]
    others = np.stack([own, confusion.T[given[index]]], axis=2)
    others[given[index] == NO_LABEL] = 0
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
    """Maximum a posteriori by Newton's method; coefficients that are not `free` are zero.

    The objective is convex. Args: inputs [V, C, 4]; target [V, 4], the inputs of the true classes.
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
    """Backtracking line search: the largest of 1, 1/2, 1/4, … that does not increase the objective."""

    def objective(at: Coefficients) -> float:
        scores = inputs @ at
        highest = scores.max(axis=1, keepdims=True)
        log_sum = highest[:, 0] + np.log(np.exp(scores - highest).sum(axis=1))
        return float((log_sum - target @ at).sum() + (STRENGTH * (at - prior) ** 2).sum() / 2)

    length, now = 1.0, objective(start)
    while length > MIN_STEP_LENGTH and objective(start - length * step) > now:
        length /= 2
    return length


def _softmax(scores: NDArray[Any]) -> NDArray[Any]:
    """Over the last axis."""
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    normalised: NDArray[Any] = shares / shares.sum(axis=-1, keepdims=True)
    return normalised
