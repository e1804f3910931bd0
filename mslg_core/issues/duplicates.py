"""Finds groups of duplicates: the same file, or the same picture recompressed, resized or slightly cropped.

Features propose pairs, perceptual hashes confirm them. `python -m benchmarks.review.duplicates` measures the
thresholds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mslg_core.images.properties import Properties
from mslg_core.images.training_set import Indices
from mslg_core.issues.perceptual_hash import FREQUENCIES, correlate_coarsely, difference
from mslg_core.neighbours.index import Neighbours

# Pairs whose features, or pictures at a quarter of the side, are less alike than this are not compared.
MIN_SIMILARITY, MIN_CORRELATION = 0.3, 0.8
# Two pictures are the same if at most this share of the bits of their hashes differs.
MAX_DIFFERENCE = 0.15
# Products of one cut on the same background share a hash, but not their colours: mean difference, of 255.
MAX_COLOUR_DIFFERENCE = 18
# Unrelated pictures differ in half of the bits.
UNRELATED = 0.5
# Smaller pictures lack frequencies that the hash compares, and different ones of the same kind share a hash.
MIN_SIDE = FREQUENCIES
PAIRS_AT_ONCE = 4_000

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Groups of duplicates among N samples.

    group int64 [N]: the first member of each sample's group, -1 for none; file int64 [N]: the first sample
    that is the same file; distance float32 [N]: to the most similar other member, 0 the same file, 1 as
    different as unrelated pictures.
    """

    group: Indices
    file: Indices
    distance: Floats

    @property
    def is_exact(self) -> NDArray[np.bool_]:
        """Whether another sample is the same file, [N]."""
        return np.bincount(self.file, minlength=len(self.file))[self.file] > 1


def find_duplicates(properties: Properties, neighbours: Neighbours) -> Duplicates:
    """The groups of duplicates among samples with `properties` [N] and their nearest `neighbours` [N, K].

    Pictures of less than `MIN_SIDE` pixels are duplicates only if their files are the same.
    """
    num_samples = len(properties)
    file = _find_same_files(properties["sha256"])
    pairs, differing = _find_near(properties, neighbours)
    distance = np.ones(num_samples, dtype=np.float32)
    for side in pairs.T:
        np.minimum.at(distance, side, np.minimum(differing / UNRELATED, 1))
    same = np.stack([np.arange(num_samples), file], axis=1)
    root = connect(num_samples, np.concatenate([same, pairs]))
    alone = np.bincount(root, minlength=num_samples)[root] == 1
    duplicates = Duplicates(np.where(alone, -1, root), file, distance)
    distance[duplicates.is_exact] = 0
    return duplicates


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


def _find_near(properties: Properties, neighbours: Neighbours) -> tuple[Indices, Floats]:
    """Pairs [P, 2] of near duplicates, and the share of bits of their hashes that differs, [P]."""
    sample, place = np.nonzero(neighbours.similarity >= MIN_SIMILARITY)
    pairs = np.sort(np.stack([sample, neighbours.index[sample, place]], axis=1), axis=1)
    is_large = np.minimum(properties["width"], properties["height"]) >= MIN_SIDE
    pairs = np.unique(pairs[is_large[pairs].all(axis=1)], axis=0)
    parts = [
        _confirm(properties, part) for part in np.array_split(pairs, -(-len(pairs) // PAIRS_AT_ONCE) or 1)
    ]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _confirm(properties: Properties, pairs: Indices) -> tuple[Indices, Floats]:
    """Those of the pairs [P, 2] that are near duplicates, and the share of bits that differs."""
    first, second = (properties["thumbnail"][side] for side in pairs.T)
    alike = correlate_coarsely(first, second) >= MIN_CORRELATION
    alike &= _compare_colours(properties["colours"], pairs) <= MAX_COLOUR_DIFFERENCE
    differing = difference(first[alike], second[alike])
    same = differing <= MAX_DIFFERENCE
    return pairs[alike][same], differing[same]


def _compare_colours(colours: NDArray[np.uint8], pairs: Indices) -> Floats:
    """Mean difference of the colours of the pairs [P, 2] of pictures, 0..255, [P]."""
    first, second = (colours[side].astype(np.float32) for side in pairs.T)
    return np.asarray(np.abs(first - second).mean(axis=(1, 2, 3)))
