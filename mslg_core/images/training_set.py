"""The training set: images with given labels, and the verified ones among them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mslg_core.errors import TrainingSetError

HOLDOUT_SHARE = 0.3

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """N images with given labels, M verified ones to learn from and H verified ones to measure on.

    images uint8 [N, side, side, 3]; given int64 [N]; meta_index, meta_labels int64 [M]; holdout_index,
    holdout_labels int64 [H]; known_wrong int64 [W]: samples whose given label is known to be wrong, the right
    one not known; picked int64 [P]: samples of the meta set that a ranking or their label drew, not chance:
    nothing is judged by them. The noisy training set is everything outside the meta set and not known to be
    wrong. Raises `TrainingSetError`.
    """

    images: NDArray[np.uint8]
    given: Indices
    classes: tuple[str, ...]
    meta_index: Indices
    meta_labels: Indices
    holdout_index: Indices
    holdout_labels: Indices
    known_wrong: Indices = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    picked: Indices = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __post_init__(self) -> None:
        """Refuse arrays that do not fit together."""
        n = len(self.given)
        shape = self.images.shape
        _require(len(self.classes) >= 2, "Two classes are needed.")
        _require(
            self.images.dtype == np.uint8 and len(shape) == 4 and shape[0] == n and shape[3] == 3,
            f"Images must be uint8 [{n}, side, side, 3].",
        )
        _require(
            shape[1] == shape[2] and shape[1] % 8 == 0, "Images must be square, with a multiple of 8 pixels."
        )
        for labels in (self.given, self.meta_labels, self.holdout_labels):
            _require(labels.dtype == np.int64 and labels.ndim == 1, "Labels must be int64.")
            _require(_within(labels, len(self.classes)), "A label is not one of the classes.")
        for index, labels in (
            (self.meta_index, self.meta_labels),
            (self.holdout_index, self.holdout_labels),
        ):
            _require(
                index.dtype == np.int64 and index.shape == labels.shape,
                "Indices must be int64, one per label.",
            )
            _require(_within(index, n), "An index is outside of the samples.")
        _require(
            self.known_wrong.dtype == np.int64
            and self.known_wrong.ndim == 1
            and _within(self.known_wrong, n),
            "Samples that are known to be wrong must be int64 indices.",
        )
        settled = np.concatenate([self.meta_index, self.holdout_index, self.known_wrong])
        _require(
            len(np.unique(settled)) == len(settled),
            "A sample stands twice in the verified set, or is known to be wrong besides.",
        )
        _require(
            bool(np.isin(self.picked, self.meta_index).all()), "Picked samples are part of the meta set."
        )
        _require(len(self.meta_index) != 1, "One verified sample is too few to learn from; verify more.")
        _require(len(self.noisy_index) >= 2, "Two samples outside of the meta set are needed.")

    @property
    def num_samples(self) -> int:
        """N."""
        return len(self.given)

    @property
    def num_classes(self) -> int:
        """C."""
        return len(self.classes)

    @property
    def side(self) -> int:
        """Side of the images in pixels."""
        return int(self.images.shape[1])

    @property
    def fair_meta(self) -> NDArray[np.bool_]:
        """Whether chance drew each sample of the meta set, bool [M]."""
        return ~np.isin(self.meta_index, self.picked)

    @property
    def noisy_index(self) -> Indices:
        """Samples outside of the meta set and not known to be wrong, in order, int64 [N - M - W]."""
        left_out = np.concatenate([self.meta_index, self.known_wrong])
        return np.setdiff1d(np.arange(self.num_samples, dtype=np.int64), left_out)


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise TrainingSetError(message)


def _within(values: Indices, end: int) -> bool:
    return bool(values.size == 0 or (values.min() >= 0 and values.max() < end))


class Split(NamedTuple):
    """Positions, in the order in which they were given, of the meta set and of the hold-out."""

    meta: Indices
    holdout: Indices


def split_verified(file_names: Sequence[str], labels: Indices) -> Split:
    """Split the verified set for good: 30 % of each class, chosen by the hash of the name, are held out."""
    order = sorted(range(len(labels)), key=lambda i: hashlib.sha256(file_names[i].encode()).digest())
    counts: dict[int, int] = {}
    held = np.zeros(len(labels), dtype=np.bool_)
    for i in order:
        n = counts[int(labels[i])] = counts.get(int(labels[i]), 0) + 1
        held[i] = _round_half_up(HOLDOUT_SHARE * n) > _round_half_up(HOLDOUT_SHARE * (n - 1))
    return Split(np.flatnonzero(~held), np.flatnonzero(held))


def _round_half_up(value: float) -> int:
    return int(value + 0.5 + 1e-9)
