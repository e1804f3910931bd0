"""A dataset with noisy labels and a few verified samples."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.errors import BenchmarkError
from benchmarks.problems.datasets import CIFAR10_IMAGES, Dataset, Ints, Pixels
from benchmarks.problems.tie_breaker import find_tie_breaker
from mslg_core.datasets.cifar_n import read_cifar_n
from mslg_core.images.training_set import TrainingSet, split_verified
from mslg_core.noise.published import published_noise
from mslg_core.noise.synthetic import annotator_noise, feature_dependent_noise, uniform_noise

# Classes of clothing that people confuse.
SIMILAR = ("shirt", "t-shirt", "longsleeve", "outwear")
NONE: Ints = np.empty(0, dtype=np.int64)


class Noise(StrEnum):
    """Where wrong labels come from."""

    NONE = "none"
    UNIFORM = "uniform"
    FEATURE = "feature"
    AUTHORS = "authors"
    ANNOTATOR = "annotator"
    SIMILAR = "similar"
    FILE = "file"


class NoiseLevel(NamedTuple):
    """A kind of noise and its rate, the share of wrong labels."""

    noise: Noise
    rate: float

    @classmethod
    def of(cls, noise: str, rate: float) -> "NoiseLevel":
        """The level as result files store it."""
        return cls(Noise(noise), rate)

    @property
    def title(self) -> str:
        """The level as tables show it."""
        if self.noise is Noise.NONE:
            return "clean"
        name = "authors' feature" if self.noise is Noise.AUTHORS else self.noise.value
        return f"{name} {self.rate:.0%}".replace("%", " %")


@dataclass(frozen=True, slots=True)
class Problem:
    """N images with true and given labels int64 [N].

    Cleaners see the true labels of the samples `verified` int64 [M] only, and never the test images.
    """

    images: Pixels
    true: Ints
    given: Ints
    verified: Ints
    test_images: Pixels
    test_labels: Ints
    classes: tuple[str, ...]

    @property
    def unseen(self) -> NDArray[np.bool_]:
        """Unverified samples, bool [N]."""
        return ~np.isin(np.arange(len(self.true)), self.verified)

    def training_set(self, *, holdout: bool = True) -> TrainingSet:
        """The training set for MSLG. Without a hold-out all verified samples join the meta set."""
        meta, held = self.split(self.verified) if holdout else (self.verified, NONE)
        return TrainingSet(
            self.images, self.given, self.classes, meta, self.true[meta], held, self.true[held]
        )

    def split(self, verified: Ints) -> tuple[Ints, Ints]:
        """Meta set and hold-out of the samples `verified`, int64, as the service splits them."""
        names = [f"{index:06d}" for index in verified.tolist()]
        meta, held = (verified[part] for part in split_verified(names, self.true[verified]))
        return meta, held

    def settled(self) -> Ints:
        """Given labels int64 [N], with true labels for the verified samples."""
        labels = self.given.copy()
        labels[self.verified] = self.true[self.verified]
        return labels

    def plain_training_set(self, left_out: Ints = NONE) -> TrainingSet:
        """The training set for a trainer without a meta set: settled labels, except for the samples
        `left_out`, which it only predicts.
        """
        return TrainingSet(
            self.images, self.settled(), self.classes, NONE, NONE, NONE, NONE, known_wrong=left_out
        )


def make_noise(  # noqa: PLR0911 - one return per kind
    kind: Noise, dataset: Dataset, rate: float, seed: int, labels_file: Path | None = None
) -> Ints:
    """Given labels int64 [N] for a dataset.

    Raises:
        BenchmarkError: the labels cannot be read from `labels_file`.
    """
    match kind:
        case Noise.NONE:
            return dataset.labels.copy()
        case Noise.UNIFORM:
            return uniform_noise(dataset.labels, len(dataset.classes), rate, seed)
        case Noise.FEATURE:
            return feature_dependent_noise(
                dataset.labels, dataset.probabilities, rate, seed, find_tie_breaker(dataset)
            )
        case Noise.AUTHORS:
            return _authors_labels(dataset, rate, seed)
        case Noise.ANNOTATOR:
            return annotator_noise(dataset.labels, dataset.probabilities, rate, seed)
        case Noise.SIMILAR:
            return _swap_similar(dataset, rate, seed)
        case Noise.FILE:
            return _labels_from_file(labels_file, dataset)


def _swap_similar(dataset: Dataset, rate: float, seed: int) -> Ints:
    """Wrong labels within the classes `SIMILAR` only: each is another of them, at random.

    Raises:
        BenchmarkError: the dataset lacks one of them.
    """
    if not set(SIMILAR) <= set(dataset.classes):
        raise BenchmarkError(f"Noise between similar classes needs the classes {', '.join(SIMILAR)}.")
    similar = np.array([dataset.classes.index(name) for name in SIMILAR])
    affected = np.flatnonzero(np.isin(dataset.labels, similar))
    place = np.searchsorted(np.sort(similar), dataset.labels[affected])
    swapped = uniform_noise(place.astype(np.int64), len(similar), rate, seed)
    given = dataset.labels.copy()
    given[affected] = np.sort(similar)[swapped]
    return given


def _labels_from_file(path: Path | None, dataset: Dataset) -> Ints:
    if path is not None and ".pt:" in path.name:
        return read_human_labels(path, dataset)
    return read_labels(path, len(dataset.classes))[dataset.index]


def _authors_labels(dataset: Dataset, rate: float, seed: int) -> Ints:
    """Their function on the samples in the published order, which decides ties."""
    order = np.argsort(dataset.index)
    given = np.empty_like(dataset.labels)
    given[order] = published_noise(dataset.labels[order], dataset.probabilities[order], rate, seed)
    return given


def read_labels(path: Path | None, num_classes: int) -> Ints:
    """CIFAR-10's 50,000 training labels from a `.npy` file, or a text file with one number per line.

    Raises:
        BenchmarkError: no file is given, or it does not hold such labels.
    """
    if path is None:
        raise BenchmarkError("Noise from a file needs --labels FILE.")
    try:
        labels = np.load(path, allow_pickle=False) if path.suffix == ".npy" else np.loadtxt(path, dtype=int)
    except (OSError, ValueError) as error:
        raise BenchmarkError(f"The labels in {path} cannot be read: {error}") from error
    if labels.shape != (CIFAR10_IMAGES,) or not np.isin(labels, np.arange(num_classes)).all():
        raise BenchmarkError(f"{path} must hold {CIFAR10_IMAGES:,} class numbers below {num_classes}.")
    return labels.astype(np.int64)


def read_human_labels(path: Path, dataset: Dataset) -> Ints:
    """CIFAR-10N's labels for the images of a dataset. `path` names file and label set, such as
    `CIFAR-10_human.pt:worse_label`.

    Raises:
        BenchmarkError: the file cannot be read, or labels other images.
        ConfigError, UnsafePickleError, LayoutError: see `read_cifar_n`.
    """
    name, _, column = path.name.rpartition(":")
    try:
        human = read_cifar_n(path.with_name(name), column)
    except OSError as error:
        raise BenchmarkError(f"The labels in {path} cannot be read: {error}") from error
    if len(human.clean) != CIFAR10_IMAGES or not np.array_equal(human.clean[dataset.index], dataset.labels):
        raise BenchmarkError(f"{path} labels other images, or the same in another order.")
    return human.given[dataset.index]


def draw_verified(dataset: Dataset, given: Ints, count: int, seed: int) -> Problem:
    """A problem as the service meets it: `count` of the training images are verified."""
    verified = np.random.default_rng(seed).permutation(len(given))[:count].astype(np.int64)
    return Problem(
        dataset.images,
        dataset.labels,
        given,
        np.sort(verified),
        dataset.test_images,
        dataset.test_labels,
        dataset.classes,
    )


def append_verified(dataset: Dataset, given: Ints, count: int) -> Problem:
    """A problem as in the paper: half of the test images are tested on, `count` of the others join the
    training set as verified samples. The test images must be in random order.

    Source: paper, IV-A.

    Raises:
        BenchmarkError: `count` is larger than half of the test images.
    """
    half = len(dataset.test_labels) // 2
    if not 0 < count <= half:
        raise BenchmarkError(f"Of {half} test images that do not test, {count} cannot be verified.")
    labels = dataset.test_labels[:count]
    return Problem(
        np.concatenate([dataset.images, dataset.test_images[:count]]),
        np.concatenate([dataset.labels, labels]),
        np.concatenate([given, labels]),
        np.arange(len(given), len(given) + count, dtype=np.int64),
        dataset.test_images[half:],
        dataset.test_labels[half:],
        dataset.classes,
    )
