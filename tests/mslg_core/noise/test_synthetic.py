"""Synthetic noise: exact rates, reproducible by seed, and never the true class."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mslg_core.errors import ConfigError
from mslg_core.noise.synthetic import (
    CIFAR10_PAIRS,
    annotator_noise,
    class_dependent_noise,
    feature_dependent_noise,
    flip_transition,
    tied_share,
    uniform_noise,
)

TRUE = np.arange(1000, dtype=np.int64) % 10

Labels = NDArray[np.int64]
Noise = Callable[[Labels, NDArray[np.float64], float, int], Labels]

RATED: dict[str, Noise] = {
    "uniform": lambda labels, p, rate, seed: uniform_noise(labels, p.shape[1], rate, seed),
    "feature": feature_dependent_noise,
    "annotator": annotator_noise,
}


def draw(size: int, num_classes: int, seed: int) -> tuple[Labels, NDArray[np.float64]]:
    """Random labels [N] and probabilities [N, C] with ties and zeros."""
    rng = np.random.default_rng(seed)
    probabilities = rng.integers(0, 4, (size, num_classes)) + 1e-3
    probabilities[rng.random(size) < 0.1] = np.eye(num_classes)[0]
    return rng.integers(0, num_classes, size), probabilities / probabilities.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("noise", RATED.values(), ids=RATED)
@given(st.integers(0, 60), st.integers(2, 6), st.floats(0, 1), st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_rates_are_exact_and_noise_is_reproducible(
    noise: Noise, size: int, num_classes: int, rate: float, seed: int
) -> None:
    true, probabilities = draw(size, num_classes, seed)
    before = true.copy()
    noisy = noise(true, probabilities, rate, seed)
    assert noisy.dtype == np.int64
    assert (noisy != true).sum() == round(rate * size)
    assert ((noisy >= 0) & (noisy < num_classes)).all()
    assert (noisy == noise(true, probabilities, rate, seed)).all()
    assert (true == before).all()


@pytest.mark.parametrize("noise", RATED.values(), ids=RATED)
@pytest.mark.parametrize("rate", [-0.1, 1.5, float("nan")])
def test_rates_outside_0_and_1_are_refused(noise: Noise, rate: float) -> None:
    with pytest.raises(ConfigError, match="rate"):
        noise(*draw(10, 3, 0), rate, 0)


@pytest.mark.parametrize("noise", [uniform_noise, RATED["annotator"]])
def test_other_seeds_give_other_labels(noise: Callable[..., Labels]) -> None:
    probabilities = 10 if noise is uniform_noise else np.full((1000, 10), 0.1)
    assert (noise(TRUE, probabilities, 0.5, 1) != noise(TRUE, probabilities, 0.5, 2)).any()


def test_uniform_noise_reaches_every_class() -> None:
    noisy = uniform_noise(TRUE, 10, 1.0, seed=1)
    assert len({(a, b) for a, b in zip(TRUE, noisy, strict=True)}) == 90


@given(st.integers(0, 80), st.integers(2, 6), st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_class_dependent_noise_follows_its_matrix_in_any_sample_order(
    size: int, num_classes: int, seed: int
) -> None:
    true, _ = draw(size, num_classes, seed)
    rng = np.random.default_rng(seed)
    transition = rng.dirichlet(np.ones(num_classes), num_classes)
    noisy = class_dependent_noise(true, transition, seed)
    shuffled = rng.permutation(true)
    again = class_dependent_noise(shuffled, transition, seed)
    for label in range(num_classes):
        counts = np.bincount(noisy[true == label], minlength=num_classes)
        assert np.abs(counts - (true == label).sum() * transition[label]).max(initial=0) < 1
        assert (counts == np.bincount(again[shuffled == label], minlength=num_classes)).all()
    assert (noisy == class_dependent_noise(true, transition, seed)).all()


def test_flips_follow_the_pairs() -> None:
    noisy = class_dependent_noise(TRUE, flip_transition(10, 0.4, CIFAR10_PAIRS), seed=0)
    assert {(int(a), int(b)) for a, b in zip(TRUE, noisy, strict=True) if a != b} == set(
        CIFAR10_PAIRS.items()
    )
    assert (noisy != TRUE).sum() == 5 * 40
    noisy = class_dependent_noise(TRUE, flip_transition(10, 0.45), seed=0)
    assert ((noisy - TRUE)[noisy != TRUE] % 10 == 1).all()
    assert (noisy != TRUE).sum() == 450


@pytest.mark.parametrize(
    "transition",
    [np.eye(9), np.ones((10, 9)), np.full((10, 10), 0.2), np.eye(10) * 2 - np.eye(10)[::-1]],
    ids=["a class short", "not square", "sums", "negative"],
)
def test_invalid_transition_matrices_are_refused(transition: NDArray[np.float64]) -> None:
    with pytest.raises(ConfigError, match="transition matrix"):
        class_dependent_noise(TRUE, transition, seed=0)


def test_feature_dependent_noise_takes_misclassified_samples_first() -> None:
    true = np.zeros(4, dtype=np.int64)
    probabilities = np.array([[0.9, 0.08, 0.02], [0.1, 0.2, 0.7], [0.6, 0.4, 0.0], [0.5, 0.0, 0.5]])
    expected = {0.25: [0, 2, 0, 0], 0.5: [0, 2, 0, 2], 0.75: [0, 2, 1, 2], 1.0: [1, 2, 1, 2]}
    for rate, labels in expected.items():
        assert feature_dependent_noise(true, probabilities, rate, seed=0).tolist() == labels


def test_feature_dependent_noise_is_independent_of_sample_order() -> None:
    rng = np.random.default_rng(0)
    true, probabilities = rng.integers(0, 5, 200), rng.dirichlet(np.ones(5), 200)
    order = rng.permutation(200)
    noisy = feature_dependent_noise(true, probabilities, 0.3, seed=0)
    assert (feature_dependent_noise(true[order], probabilities[order], 0.3, seed=1) == noisy[order]).all()


def saturated(true: Labels, num_classes: int) -> NDArray[np.float64]:
    """Rows of a classifier that is certain of the label and gives all other classes the same probability."""
    return np.full((len(true), num_classes), 0.01) + np.eye(num_classes)[true]


def test_a_tie_breaker_decides_the_class_and_the_sample() -> None:
    true = np.zeros(4, dtype=np.int64)
    probabilities = saturated(true, 3)
    log = np.log(np.array([[0.9, 0.08, 0.02], [0.2, 0.1, 0.7], [0.5, 0.1, 0.4], [0.6, 0.3, 0.1]]))
    expected = {0.25: [0, 2, 0, 0], 0.5: [0, 2, 2, 0], 0.75: [0, 2, 2, 1], 1.0: [1, 2, 2, 1]}
    for rate, labels in expected.items():
        for seed in (0, 1):
            assert feature_dependent_noise(true, probabilities, rate, seed, log).tolist() == labels


def test_the_probabilities_take_precedence_over_the_tie_breaker() -> None:
    true = np.zeros(3, dtype=np.int64)
    probabilities = np.array([[0.8, 0.1, 0.1], [0.7, 0.2, 0.1], [0.9, 0.05, 0.05]])
    log = np.log(np.array([[0.3, 0.1, 0.6], [0.1, 0.1, 0.8], [0.1, 0.8, 0.1]]))
    assert feature_dependent_noise(true, probabilities, 1 / 3, 0, log).tolist() == [0, 1, 0]
    assert feature_dependent_noise(true, probabilities, 2 / 3, 0, log).tolist() == [2, 1, 0]


def test_the_rounding_of_a_float32_softmax_decides_nothing() -> None:
    true = np.repeat([0, 1], 50)
    probabilities = saturated(true, 3).astype(np.float32)
    probabilities[true == 0] = np.nextafter(probabilities[true == 0], np.float32(2))
    tie_breaker = np.eye(3)[true] * np.tile([1.0, 2.0], 50)[:, None]
    noisy = feature_dependent_noise(true, probabilities, 0.5, 0, tie_breaker)
    assert np.bincount(true[noisy != true]).tolist() == [25, 25]


@pytest.mark.parametrize("rows", ["saturated", "one-hot"])
@pytest.mark.parametrize("with_tie_breaker", [True, False])
def test_no_class_takes_more_than_its_share_of_tied_samples(rows: str, *, with_tie_breaker: bool) -> None:
    true = np.arange(9000, dtype=np.int64) % 10
    probabilities = np.eye(10)[true] if rows == "one-hot" else saturated(true, 10)
    log = np.random.default_rng(0).gumbel(size=probabilities.shape)
    noisy = feature_dependent_noise(true, probabilities, 0.8, 0, log if with_tie_breaker else None)
    flipped = noisy != true
    assert flipped.sum() == 7200
    assert np.abs(np.bincount(noisy[flipped], minlength=10) / 720 - 1).max() < 0.15
    assert np.abs(np.bincount(true[flipped], minlength=10) / 720 - 1).max() < 0.15


def test_tied_rows_are_counted() -> None:
    true = np.array([0, 0, 1, 2], dtype=np.int64)
    probabilities = np.array([[0.8, 0.1, 0.1], [0.7, 0.2, 0.1], [0.4, 0.2, 0.4], [0.0, 0.0, 1.0]])
    assert tied_share(true, probabilities) == 0.75
    assert tied_share(true[:0], probabilities[:0]) == 0


@pytest.mark.parametrize("tie_breaker", [np.zeros((10, 2)), np.full((10, 3), -np.inf)])
def test_invalid_tie_breakers_are_refused(tie_breaker: NDArray[np.float64]) -> None:
    with pytest.raises(ConfigError, match="tie breaker"):
        feature_dependent_noise(*draw(10, 3, 0), 0.1, 0, tie_breaker)


def test_annotator_noise_prefers_ambiguous_images_and_similar_classes() -> None:
    true = np.zeros(4000, dtype=np.int64)
    clear, ambiguous = [0.98, 0.015, 0.005], [0.5, 0.45, 0.05]
    noisy = annotator_noise(true, np.array([clear, ambiguous] * 2000), 0.2, seed=0)
    wrong_if_clear, wrong_if_ambiguous = (noisy[0::2] != 0).mean(), (noisy[1::2] != 0).mean()
    assert 0.1 < wrong_if_clear < wrong_if_ambiguous - 0.05 < 0.3
    assert 2 < (noisy == 1).sum() / (noisy == 2).sum() < 4
    with pytest.raises(ConfigError, match="temperature"):
        annotator_noise(true, np.array([clear] * 4000), 0.2, seed=0, temperature=0)


def test_annotator_noise_uses_class_confusions_for_certain_images() -> None:
    true = np.repeat([0, 1], 2000)
    certain, uncertain = np.eye(4)[true], np.tile([0.5, 0.0, 0.5, 0.0], (4000, 1))
    uncertain[true == 1] = [0.0, 0.5, 0.0, 0.5]
    probabilities = np.where(np.arange(4000)[:, None] % 4 > 0, certain, uncertain)
    noisy = annotator_noise(true, probabilities, 0.3, seed=0)
    mistaken = (noisy != true) & (np.arange(4000) % 4 > 0)
    assert mistaken.sum() > 100
    assert (noisy == true + 2)[mistaken].mean() > 0.95


def test_a_softmax_of_probabilities_is_inverted() -> None:
    true, probabilities = draw(500, 4, 0)
    twice = np.exp(probabilities) / np.exp(probabilities).sum(axis=1, keepdims=True)
    once = annotator_noise(true, probabilities, 0.3, seed=0)
    assert (annotator_noise(true, twice, 0.3, seed=0) == once).mean() > 0.99


@pytest.mark.parametrize("noise", [feature_dependent_noise, annotator_noise])
@pytest.mark.parametrize(
    "probabilities",
    [np.full((9, 3), 0.3), np.full(10, 0.3), np.full((10, 3), np.nan), np.full((10, 3), -1.0)],
)
def test_invalid_probabilities_are_refused(
    noise: Callable[..., Labels], probabilities: NDArray[np.float64]
) -> None:
    with pytest.raises(ConfigError, match="robabilities"):
        noise(np.zeros(10, dtype=np.int64), probabilities, 0.1, 0)
