"""A dataset whose labels were made wrong, and the few samples of it that were verified."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.errors import BenchmarkError
from benchmarks.problems.datasets import CIFAR10_IMAGES, Dataset, Ints, Pixels
from mslg_core.datasets.cifar_n import read_cifar_n
from mslg_core.images.training_set import TrainingSet, split_verified
from mslg_core.noise.synthetic import annotator_noise, feature_dependent_noise, uniform_noise

NONE: Ints = np.empty(0, dtype=np.int64)


class Noise(StrEnum):
    """How labels were made wrong."""

    NONE = "none"
    UNIFORM = "uniform"
    FEATURE = "feature"
    ANNOTATOR = "annotator"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Problem:
    """N images with true and given labels int64 [N]; `verified` int64 [M] are the samples whose truth is
    told; the test images are never learned from.
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
        """Samples that nobody verified, bool [N]."""
        return ~np.isin(np.arange(len(self.true)), self.verified)

    def training_set(self, *, holdout: bool = True) -> TrainingSet:
        """What MSLG gets; without a hold-out all verified samples are in the meta set."""
        if holdout:
            names = [f"{index:06d}" for index in self.verified.tolist()]
            meta, held = (self.verified[part] for part in split_verified(names, self.true[self.verified]))
        else:
            meta, held = self.verified, NONE
        return TrainingSet(
            self.images, self.given, self.classes, meta, self.true[meta], held, self.true[held]
        )

    def settled(self) -> Ints:
        """The given labels, the verified samples' replaced by the truth."""
        labels = self.given.copy()
        labels[self.verified] = self.true[self.verified]
        return labels

    def plain_training_set(self, left_out: Ints = NONE) -> TrainingSet:
        """What a trainer gets that knows nothing of meta sets: the settled labels, but not those of
        `left_out`, which are only predicted.
        """
        return TrainingSet(
            self.images, self.settled(), self.classes, NONE, NONE, NONE, NONE, known_wrong=left_out
        )


def make_noise(
    kind: Noise, dataset: Dataset, rate: float, seed: int, labels_file: Path | None = None
) -> Ints:
    """Given labels int64 [N] for a dataset. Raises `BenchmarkError`."""
    match kind:
        case Noise.NONE:
            return dataset.labels.copy()
        case Noise.UNIFORM:
            return uniform_noise(dataset.labels, len(dataset.classes), rate, seed)
        case Noise.FEATURE:
            return feature_dependent_noise(dataset.labels, dataset.probabilities, rate, seed)
        case Noise.ANNOTATOR:
            return annotator_noise(dataset.labels, dataset.probabilities, rate, seed)
        case Noise.FILE:
            if labels_file is not None and ".pt:" in labels_file.name:
                return read_human_labels(labels_file, dataset)
            return read_labels(labels_file, len(dataset.classes))[dataset.index]


def read_labels(path: Path | None, num_classes: int) -> Ints:
    """CIFAR-10's 50,000 training labels from a `.npy`, or a text file with one number a line.

    Raises `BenchmarkError`.
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
    """CIFAR-10N's labels of a dataset's images; `path` ends in their name: `CIFAR-10_human.pt:worse_label`.

    Raises `BenchmarkError` for the labels of other images, and what `read_cifar_n` raises.
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
    """The case of a service: `count` of the training images themselves are verified."""
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
    """The paper's case: half of the test images test, `count` of the others join the training set, verified.

    Source: paper, IV-A. The test images are in random order already. Raises `BenchmarkError`.
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
