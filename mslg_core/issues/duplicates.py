"""Finds groups of duplicates: the same file, or the same picture recompressed, resized or slightly cropped.

Features propose pairs, perceptual hashes confirm them. `python -m benchmarks.review.duplicates` measures both
thresholds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mslg_core.images.perceptual_hash import HASH_BITS, hamming
from mslg_core.images.properties import Properties
from mslg_core.images.training_set import Indices
from mslg_core.neighbours.index import Neighbours

# Neighbours that are compared with each sample.
COMPARED = 10
# Differing bits below which two pictures are the same, if their features are this similar.
MAX_BITS, MIN_SIMILARITY = 64, 0.8
# Unrelated pictures differ in half of the bits.
UNRELATED_BITS = HASH_BITS / 2

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Groups of duplicates among N samples.

    group int64 [N]: the first member of each sample's group, -1 for none; is_exact bool [N]: whether another
    sample is the same file; distance float32 [N]: to the most similar other member, 0 the same file, 1 as
    different as unrelated pictures.
    """

    group: Indices
    is_exact: NDArray[np.bool_]
    distance: Floats


def find_duplicates(properties: Properties, neighbours: Neighbours) -> Duplicates:
    """The groups of duplicates among samples with `properties` [N] and their nearest `neighbours` [N, K]."""
    num_samples = len(properties)
    first_same = _find_same_files(properties["sha256"])
    is_exact = np.bincount(first_same, minlength=num_samples)[first_same] > 1
    pairs, bits = _find_near(properties["perceptual_hash"], neighbours)
    distance = np.ones(num_samples, dtype=np.float32)
    for side in pairs.T:
        np.minimum.at(distance, side, (bits / UNRELATED_BITS).astype(np.float32))
    distance[is_exact] = 0
    same = np.stack([np.arange(num_samples), first_same], axis=1)
    root = connect(num_samples, np.concatenate([same, pairs]))
    alone = np.bincount(root, minlength=num_samples)[root] == 1
    return Duplicates(np.where(alone, -1, root), is_exact, distance)


def connect(num_samples: int, pairs: Indices) -> Indices:
    """The first sample that each sample is connected to by `pairs` int64 [P, 2], int64 [N]."""
    root = np.arange(num_samples)
    while True:
        lowest = root[pairs].min(axis=1)
        joined = root.copy()
        for side in pairs.T:
            np.minimum.at(joined, root[side], lowest)
        joined = joined[joined]
        if np.array_equal(joined, root):
            return root
        root = joined


def _find_same_files(digests: NDArray[np.uint8]) -> Indices:
    """The first sample with the same digest, [N]."""
    rows = np.ascontiguousarray(digests).view(f"V{digests.shape[1]}").ravel()
    _, first, inverse = np.unique(rows, return_index=True, return_inverse=True)
    return first[inverse]


def _find_near(hashes: NDArray[np.uint8], neighbours: Neighbours) -> tuple[Indices, Indices]:
    """Pairs [P, 2] of near duplicates, and how many bits of their hashes differ, [P]."""
    near = neighbours.similarity[:, :COMPARED] >= MIN_SIMILARITY
    sample, place = np.nonzero(near)
    pairs = np.stack([sample, neighbours.index[sample, place]], axis=1)
    bits = hamming(hashes[pairs[:, 0]], hashes[pairs[:, 1]])
    kept = bits <= MAX_BITS
    return pairs[kept], bits[kept]
