"""Compares the images of a dataset with each other: the index of similar images, neighbours, duplicates."""

from dataclasses import dataclass

from mslg_core.images.properties import Properties
from mslg_core.images.training_set import Indices
from mslg_core.issues.duplicates import Duplicates, find_duplicates
from mslg_core.neighbours.index import Floats, Neighbours, SimilarityIndex, build_index

# Nearest neighbours of each sample: for duplicates, outliers and the map.
NEIGHBOURS = 15


@dataclass(frozen=True, slots=True)
class Comparison:
    """N images compared with each other: properties [N], vectors [N, D], their index, neighbours and
    duplicates.
    """

    properties: Properties
    vectors: Floats
    index: SimilarityIndex
    neighbours: Neighbours
    duplicates: Duplicates


def compare(keys: Indices, properties: Properties, vectors: Floats) -> Comparison:
    """Compare images with `keys` int64 [N], `properties` [N] and `vectors` [N, D], see `to_vectors`."""
    index = build_index(keys, vectors)
    neighbours = index.search_all(keys, vectors, NEIGHBOURS)
    return Comparison(properties, vectors, index, neighbours, find_duplicates(properties, neighbours))
