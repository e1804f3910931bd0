"""Noise between similar kinds of clothing."""

import numpy as np
import pytest

from benchmarks.common.errors import BenchmarkError
from benchmarks.problems.datasets import Dataset
from benchmarks.problems.problem import SIMILAR, Noise, make_noise

CLASSES = ("dress", "hat", *sorted(SIMILAR))


def make_dataset(classes: tuple[str, ...] = CLASSES) -> Dataset:
    labels = np.arange(600) % len(classes)
    images = np.zeros((600, 8, 8, 3), dtype=np.uint8)
    probabilities = np.full((600, len(classes)), 1 / len(classes), dtype=np.float32)
    return Dataset(images, labels, probabilities, np.arange(600), images[:0], labels[:0], classes)


def test_only_similar_classes_are_confused_at_the_exact_rate() -> None:
    dataset = make_dataset()
    given = make_noise(Noise.SIMILAR, dataset, 0.3, seed=0)
    similar = dataset.labels >= 2
    wrong = given != dataset.labels
    assert wrong[similar].mean() == pytest.approx(0.3, abs=0.01)
    assert not wrong[~similar].any()
    assert set(given[similar].tolist()) == {2, 3, 4, 5}


def test_a_dataset_without_these_classes_is_refused() -> None:
    with pytest.raises(BenchmarkError, match="needs the classes shirt"):
        make_noise(Noise.SIMILAR, make_dataset(("cat", "dog")), 0.3, seed=0)
