"""Datasets with correct labels, from which problems are made: CIFAR-10 and scikit-learn's digits."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from benchmarks.common.errors import BenchmarkError
from mslg_core.images.decode import decode_image

Ints = NDArray[np.int64]
Pixels = NDArray[np.uint8]

CIFAR10_SIDE = 32
COLUMNS = ["split", "index", "label", "image", "student_probs"]
CIFAR10_IMAGES = 50_000
DIGITS_TEST = 397
DIGITS_BRIGHTEST = 16.0


@dataclass(frozen=True, slots=True)
class Dataset:
    """N training and T test images, uint8 [N or T, side, side, 3], with labels int64 of C classes.

    probabilities float32 [N, C]: predictions of a classifier, the source of feature-dependent noise.
    index int64 [N]: positions in the published order.
    """

    images: Pixels
    labels: Ints
    probabilities: NDArray[np.float32]
    index: Ints
    test_images: Pixels
    test_labels: Ints
    classes: tuple[str, ...]


def load_cifar10(path: Path, images: int, test_images: int, seed: int, side: int = CIFAR10_SIDE) -> Dataset:
    """A random subset of CIFAR-10 with at most `images` training and `test_images` test images.

    The Parquet file has the columns `split` (train, test), `index`, `label`, `image` (encoded bytes) and
    `student_probs` (class probabilities [10] of every training image); its metadata names the `classes`,
    joined by commas.

    Raises:
        BenchmarkError: the file is not such a Parquet file.
    """
    file = _open(path, side)
    rng = np.random.default_rng(seed)
    train, test = (
        rng.permutation(file.rows(split))[:n] for split, n in (("train", images), ("test", test_images))
    )
    return Dataset(
        images=file.pixels(train),
        labels=file.ints("label", train),
        probabilities=np.array(file.table["student_probs"].take(train).to_pylist(), dtype=np.float32),
        index=file.ints("index", train),
        test_images=file.pixels(test),
        test_labels=file.ints("label", test),
        classes=tuple(file.table.schema.metadata[b"classes"].decode().split(",")),
    )


def existing_file(path: Path | None) -> Path:
    """The path itself.

    Raises:
        BenchmarkError: there is no such file.
    """
    if path is None or not path.is_file():
        raise BenchmarkError("CIFAR-10 is missing: set --data or MSLG_CIFAR10 to its Parquet file.")
    return path


class _Cifar10File:
    """The Parquet file with a cache of decoded images."""

    def __init__(self, path: Path, side: int) -> None:
        try:
            self.table = pq.read_table(path, columns=COLUMNS)
        except (OSError, pa.ArrowException) as error:
            raise BenchmarkError(
                f"{path} is not the Parquet file of CIFAR-10 that "
                f"docs/how-to/reproduce-figures.md describes: {error}"
            ) from error
        self._side = side
        self._pixels = np.empty((len(self.table), side, side, 3), dtype=np.uint8)
        self._decoded = np.zeros(len(self.table), dtype=np.bool_)

    def rows(self, split: str) -> Ints:
        """Row numbers of a split."""
        return np.flatnonzero(pa.compute.equal(self.table["split"], split).to_numpy())

    def ints(self, column: str, rows: Ints) -> Ints:
        """An integer column, int64 [len(rows)]."""
        values: Ints = self.table[column].to_numpy().astype(np.int64)[rows]
        return values

    def pixels(self, rows: Ints) -> Pixels:
        """Images of some rows, uint8 [len(rows), side, side, 3]. Decodes each image once."""
        for row in rows[~self._decoded[rows]].tolist():
            self._pixels[row] = decode_image(self.table["image"][row].as_py(), self._side)
        self._decoded[rows] = True
        return self._pixels[rows]


@lru_cache(maxsize=2)
def _open(path: Path, side: int) -> _Cifar10File:
    return _Cifar10File(path, side)


def load_digits_dataset(images: int, seed: int) -> Dataset:
    """`images` of scikit-learn's 1,797 handwritten digits (8 x 8 pixels), and 397 others as test images."""
    pixels, labels, probabilities = _digits()
    order = np.random.default_rng(seed).permutation(len(labels)).astype(np.int64)
    test, train = order[:DIGITS_TEST], order[DIGITS_TEST:][:images]
    return Dataset(
        images=pixels[train],
        labels=labels[train],
        probabilities=probabilities[train],
        index=train,
        test_images=pixels[test],
        test_labels=labels[test],
        classes=tuple(str(digit) for digit in range(10)),
    )


@lru_cache(maxsize=1)
def _digits() -> tuple[Pixels, Ints, NDArray[np.float32]]:
    """All images uint8 [N, 8, 8, 3], their labels int64 [N], predictions of a linear classifier [N, 10]."""
    from sklearn.datasets import load_digits
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped] # a dependency of scikit-learn

    flat, labels = load_digits(return_X_y=True)
    brightness = flat / DIGITS_BRIGHTEST
    classifier = LogisticRegression(C=0.1, max_iter=1000)
    with threadpool_limits(1):  # a problem this small is slower on several threads
        probabilities = cross_val_predict(classifier, brightness, labels, cv=5, method="predict_proba")
    grey = np.round(brightness.reshape(-1, 8, 8, 1) * 255).astype(np.uint8)
    return np.repeat(grey, 3, axis=3), labels.astype(np.int64), probabilities.astype(np.float32)
