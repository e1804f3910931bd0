"""Probabilities of the true class from predictions, given labels and verified samples."""

import numpy as np
import pytest

from mslg_core.noise.synthetic import uniform_noise
from mslg_core.ranking.calibration import calibrate, log_confusion
from mslg_core.ranking.verified import Verified

N, C = 4000, 5
NONE = Verified(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


def make_predictions(true: np.ndarray, certainty: float, seed: int = 0) -> np.ndarray:
    """Distributions [N, C] whose logits are the true class's one-hot times `certainty`, plus noise."""
    rng = np.random.default_rng(seed)
    logits = certainty * np.eye(C)[true] + rng.normal(size=(len(true), C))
    shares: np.ndarray = np.exp(logits).astype(np.float32)
    shares /= shares.sum(axis=1, keepdims=True)
    return shares


@pytest.fixture
def true() -> np.ndarray:
    return np.random.default_rng(1).integers(0, C, N)


def verified(true: np.ndarray, start: int, end: int) -> Verified:
    return Verified(np.arange(start, end), true[start:end])


@pytest.mark.parametrize("rate", [0.05, 0.2, 0.5])
def test_predictions_and_given_labels_together_are_better_than_either(true: np.ndarray, rate: float) -> None:
    given = uniform_noise(true, C, rate, seed=2)
    predictions = make_predictions(true, 1.5)
    found = calibrate(predictions, predictions, given, verified(true, 0, 100), verified(true, 100, 200))
    right = float(np.mean(found.probabilities[200:].argmax(axis=1) == true[200:]))
    assert right > float(np.mean(given == true))
    assert right > float(np.mean(predictions.argmax(axis=1) == true)) + 0.01


@pytest.mark.parametrize("rate", [0.1, 0.4])
def test_mean_probability_equals_accuracy(true: np.ndarray, rate: float) -> None:
    given = uniform_noise(true, C, rate, seed=3)
    overconfident = make_predictions(true, 1.5) ** 4
    overconfident /= overconfident.sum(axis=1, keepdims=True)
    found = calibrate(
        overconfident, overconfident, given, verified(true, 0, 200), verified(true, 200, 400)
    ).probabilities
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    assert found[400:, :].max(axis=1).mean() == pytest.approx(
        np.mean(found[400:].argmax(axis=1) == true[400:]), abs=0.05
    )


def test_a_holdout_sample_does_not_influence_its_own_probabilities(true: np.ndarray) -> None:
    given = uniform_noise(true, C, 0.3, seed=4)
    predictions = make_predictions(true, 1.0)
    holdout = verified(true, 100, 150)
    found = calibrate(predictions, predictions, given, verified(true, 0, 100), holdout).holdout
    altered = Verified(holdout.index, holdout.labels.copy())
    altered.labels[0] = (altered.labels[0] + 1) % C
    again = calibrate(predictions, predictions, given, verified(true, 0, 100), altered).holdout
    np.testing.assert_allclose(again[0], found[0], atol=1e-3)
    assert not np.array_equal(again[1:], found[1:])


def test_without_verified_samples_predictions_are_unchanged(true: np.ndarray) -> None:
    predictions = make_predictions(true, 1.0)
    found = calibrate(predictions, predictions, true, NONE, NONE)
    np.testing.assert_allclose(found.probabilities, predictions, atol=1e-5)
    assert found.holdout.shape == (0, C)


def test_confusions_are_estimated_from_the_samples(true: np.ndarray) -> None:
    given = true.copy()
    given[(true == 0) & (np.arange(N) % 3 == 0)] = 1
    confusion = log_confusion(np.eye(C, dtype=np.float32)[true], given)
    assert confusion[0].argmax() == 1
    assert confusion[0, 2] < 0
    np.testing.assert_array_equal(np.diag(confusion), 0)
    np.testing.assert_allclose(confusion[1], 0, atol=1e-6)


def test_two_classes_and_certain_predictions_stay_finite() -> None:
    true = np.arange(60) % 2
    predictions = np.eye(2, dtype=np.float32)[true]
    given = true.copy()
    given[:10] = 1 - given[:10]
    found = calibrate(
        predictions, predictions, given, verified(true, 0, 20), verified(true, 20, 40)
    ).probabilities
    assert np.isfinite(found).all()
    assert (found.argmax(axis=1) == true).all()


def test_a_misleading_ridge_prediction_gets_weight_zero(true: np.ndarray) -> None:
    given = uniform_noise(true, C, 0.3, seed=6)
    predictions = make_predictions(true, 1.5)
    misleading = make_predictions(true, -2.0, seed=7)
    uninformed = np.full_like(predictions, 1 / C)
    meta, holdout = verified(true, 0, 200), verified(true, 200, 400)
    found = calibrate(predictions, misleading, given, meta, holdout).probabilities
    without = calibrate(predictions, uninformed, given, meta, holdout).probabilities
    np.testing.assert_allclose(found, without, atol=1e-4)
