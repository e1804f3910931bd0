"""The map keeps neighbours together."""

import numpy as np
from sklearn.datasets import load_digits

from mslg_core.issues.embedding import place_on_map
from mslg_core.neighbours.index import build_index, to_vectors

K = 10


def test_neighbours_stay_together() -> None:
    digits = load_digits()
    chosen = np.arange(600)
    pixels = digits.data[chosen].astype(np.float32)
    vectors = to_vectors(pixels - pixels.mean(axis=0))
    neighbours = build_index(chosen, vectors).search_all(chosen, vectors, 15)
    places = place_on_map(vectors, neighbours)
    assert places.shape == (600, 2)
    assert places.min() >= 0
    assert places.max() <= 1
    distance = np.square(places[:, None] - places).sum(axis=2)
    np.fill_diagonal(distance, np.inf)
    nearest = distance.argsort(axis=1)[:, :K]
    same_class = digits.target[nearest] == digits.target[chosen][:, None]
    assert same_class.mean() > 0.85
    assert np.array_equal(places, place_on_map(vectors, neighbours))


def test_a_single_sample() -> None:
    vectors = np.ones((1, 3), dtype=np.float32)
    keys = np.arange(1)
    assert place_on_map(vectors, build_index(keys, vectors).search_all(keys, vectors, 5)).tolist() == [
        [0.5, 0.5]
    ]
