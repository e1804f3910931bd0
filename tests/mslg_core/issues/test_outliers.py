"""Images that fit no class, alone or as another dataset."""

import numpy as np
import pytest
from numpy.typing import NDArray

from mslg_core.issues.outliers import distance_to_nearest_class, find_outliers
from mslg_core.neighbours.index import build_index, to_vectors

DIMENSIONS, CLASSES, PER_CLASS, FOREIGN = 20, 4, 100, 15


def make_vectors(seed: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Vectors [N, D] of four classes, then one image alone, then those of another dataset; random labels for
    what fits no class.
    """
    rng = np.random.default_rng(seed)
    means = 4 * np.eye(CLASSES + 2, DIMENSIONS)
    labels = np.repeat(np.arange(CLASSES), PER_CLASS)
    sources = np.concatenate([labels, [CLASSES], np.full(FOREIGN, CLASSES + 1)])
    features = means[sources] + rng.normal(0, 0.4, (len(sources), DIMENSIONS))
    given = np.concatenate([labels, rng.integers(0, CLASSES, 1 + FOREIGN)])
    return to_vectors(features.astype(np.float32)), given


def test_what_fits_no_class_is_found() -> None:
    vectors, labels = make_vectors(0)
    keys = np.arange(len(vectors))
    outliers = find_outliers(vectors, labels, build_index(keys, vectors).search_all(keys, vectors, 10))
    alone = CLASSES * PER_CLASS
    assert outliers.is_foreign[alone + 1 :].all()
    assert outliers.is_outlier[alone]
    assert not (outliers.is_outlier & outliers.is_foreign).any()
    assert outliers.is_foreign[:alone].sum() == 0
    assert outliers.is_outlier[:alone].sum() <= 4
    assert outliers.score[alone:].max() < np.quantile(outliers.score[:alone], 0.05)
    assert ((outliers.score > 0) & (outliers.score <= 1)).all()


def test_one_sample_per_class() -> None:
    vectors = to_vectors(np.eye(3, 5, dtype=np.float32))
    keys = np.arange(3)
    outliers = find_outliers(vectors, keys, build_index(keys, vectors).search_all(keys, vectors, 10))
    assert not outliers.is_outlier.any()
    assert (outliers.score == 1).all()


def test_images_alone_in_their_class_make_no_others_outliers() -> None:
    rng = np.random.default_rng(0)
    labels = np.concatenate([np.repeat(np.arange(CLASSES), PER_CLASS), np.arange(600) + CLASSES])
    means = 4 * np.eye(CLASSES, DIMENSIONS)
    features = rng.normal(0, 0.4, (len(labels), DIMENSIONS))
    features[: CLASSES * PER_CLASS] += means[labels[: CLASSES * PER_CLASS]]
    vectors, keys = to_vectors(features.astype(np.float32)), np.arange(len(labels))
    outliers = find_outliers(vectors, labels, build_index(keys, vectors).search_all(keys, vectors, 10))
    flagged = outliers.is_outlier | outliers.is_foreign
    assert flagged.mean() < 0.02
    assert not flagged[labels >= CLASSES].any()


def test_distances_in_parts_are_those_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, labels = make_vectors(1)
    whole = distance_to_nearest_class(vectors, labels)
    monkeypatch.setattr("mslg_core.issues.outliers.MAX_PAIRS", 100)
    np.testing.assert_allclose(distance_to_nearest_class(vectors, labels), whole, rtol=1e-5)
