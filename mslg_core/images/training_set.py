"""The training set: images with given labels, and the verified ones among them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mslg_core.errors import TrainingSetError
from mslg_rules.holdout import ClassSplit, Newcomer, Split, split_newcomers
from mslg_rules.selection import Selection

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """N images with given labels, M verified ones to learn from and H verified ones to measure on.

    images uint8 [N, side, side, 3]; given int64 [N]; meta_index, meta_labels int64 [M]; holdout_index,
    holdout_labels int64 [H]; known_wrong int64 [W]: samples whose given label is known to be wrong, the right
    one not known; not_random int64 [P]: samples of the meta set that are not a random sample, so excluded
    from evaluation. The noisy training set is everything outside the meta set and not known to be wrong.
    Raises `TrainingSetError`.
    """

    images: NDArray[np.uint8]
    given: Indices
    classes: tuple[str, ...]
    meta_index: Indices
    meta_labels: Indices
    holdout_index: Indices
    holdout_labels: Indices
    known_wrong: Indices = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    not_random: Indices = field(default_factory=lambda: np.empty(0, dtype=np.int64))

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
            bool(np.isin(self.not_random, self.meta_index).all()),
            "Samples that are not random are part of the meta set.",
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
    def random_meta(self) -> NDArray[np.bool_]:
        """Which samples of the meta set are a random sample, bool [M]."""
        return ~np.isin(self.meta_index, self.not_random)

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


class VerifiedSplit(NamedTuple):
    """Positions, in the order in which they were given, of the meta set and of the hold-out."""

    meta: Indices
    holdout: Indices


def split_verified(
    file_names: Sequence[str], labels: Indices, selections: Sequence[Selection] | None = None
) -> VerifiedSplit:
    """Split a verified set by the rule of `mslg_rules.holdout`; by default all of it is a random sample."""
    chosen = selections or [Selection.RANDOM] * len(file_names)
    newcomers = [Newcomer(*newcomer) for newcomer in zip(file_names, labels.tolist(), chosen, strict=True)]
    places = split_newcomers(newcomers, defaultdict(ClassSplit))
    held = np.array([place is Split.HOLDOUT for place in places], dtype=np.bool_)
    return VerifiedSplit(np.flatnonzero(~held), np.flatnonzero(held))
