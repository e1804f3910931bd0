"""Photographs with correct labels, from which problems are made: ten kinds of clothing.

Source: "Clothing dataset (small)", Grigorev, https://github.com/alexeygrigorev/clothing-dataset-small.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from benchmarks.common.errors import BenchmarkError
from benchmarks.problems.datasets import Dataset, Ints, Pixels
from mslg_core.images.decode import decode_image

COLUMNS = ["label", "split", "image"]
TEST = "test"
# Side of the images that the classifier behind feature-dependent noise sees.
CLASSIFIED_SIDE = 8


def load_photos(path: Path, images: int, seed: int, side: int) -> Dataset:
    """A random subset of at most `images` photographs; those of the split `test` are the test images.

    The Parquet file has the columns `label` (class name), `split` (train, validation, test) and `image`
    (encoded bytes).

    Raises:
        BenchmarkError: the file is not such a Parquet file.
    """
    pixels, labels, is_test, classes = _read(path, side)
    train, test = np.flatnonzero(~is_test), np.flatnonzero(is_test)
    chosen = np.random.default_rng(seed).permutation(len(train))[:images].astype(np.int64)
    return Dataset(
        images=pixels[train[chosen]],
        labels=labels[train[chosen]],
        probabilities=_classify(path)[chosen],
        index=chosen,
        test_images=pixels[test],
        test_labels=labels[test],
        classes=classes,
    )


@lru_cache(maxsize=2)
def _read(path: Path, side: int) -> tuple[Pixels, Ints, NDArray[np.bool_], tuple[str, ...]]:
    """All images uint8 [N, side, side, 3], their labels int64 [N], whether each is a test image, classes."""
    try:
        table = pq.read_table(path, columns=COLUMNS)
    except (OSError, pa.ArrowException) as error:
        raise BenchmarkError(
            f"{path} is not the Parquet file of photographs that docs/how-to/reproduce-figures.md describes: "
            f"{error}"
        ) from error
    classes, labels = np.unique(table["label"].to_numpy(), return_inverse=True)
    pixels = np.stack([decode_image(image.as_py(), side) for image in table["image"]])
    is_test = table["split"].to_numpy() == TEST
    return pixels, labels.astype(np.int64), is_test, tuple(classes.tolist())


@lru_cache(maxsize=1)
def _classify(path: Path) -> NDArray[np.float32]:
    """Out-of-sample predictions [N, C] of a linear classifier for the images that are not test images."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped] # a dependency of scikit-learn

    pixels, labels, is_test, _ = _read(path, CLASSIFIED_SIDE)
    flat = pixels[~is_test].reshape(np.count_nonzero(~is_test), -1) / 255
    classifier = LogisticRegression(C=0.1, max_iter=1000)
    with threadpool_limits(1):  # a problem this small is slower on several threads
        predicted = cross_val_predict(classifier, flat, labels[~is_test], cv=5, method="predict_proba")
    return predicted.astype(np.float32)  # type: ignore[no-any-return] # scikit-learn has no types
