"""The training set of a run: images, given labels, meta set and hold-out. Importable without torch."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mslg_core.errors import TrainingSetError
from mslg_core.images.sources import AnyImages, gather
from mslg_rules.holdout import ClassSplit, Newcomer, Split, split_newcomers
from mslg_rules.selection import Selection

Indices = NDArray[np.int64]

NO_LABEL = -1
"""In place of the given label of a sample that has none."""


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """N images with given labels; the meta set (M samples) is learned from, the hold-out (H) only measures.

    images uint8 [N, side, side, 3], or their source, which is enough where only a head is trained; given
    int64 [N], `NO_LABEL` for a verified image that came without a given label: it is learned from or measured
    on, and never ranked; meta_index, meta_labels int64 [M]; holdout_index, holdout_labels int64 [H];
    known_wrong int64 [W]: samples whose given label is known to be wrong while the true class is unknown;
    not_random int64 [P]: samples of the meta set that are not a random sample, so excluded from evaluation.
    The noisy training set is every sample with a given label that is neither in the meta set nor known to be
    wrong. Raises `TrainingSetError`.
    """

    images: AnyImages
    given: Indices
    classes: tuple[str, ...]
    meta_index: Indices
    meta_labels: Indices
    holdout_index: Indices
    holdout_labels: Indices
    known_wrong: Indices = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    not_random: Indices = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __post_init__(self) -> None:
        """Refuse inconsistent arrays."""
        self._check_images()
        self._check_labels(self.given, least=NO_LABEL)
        for labels in (self.meta_labels, self.holdout_labels):
            self._check_labels(labels)
        self._check_indices(self.meta_index, len(self.meta_labels))
        self._check_indices(self.holdout_index, len(self.holdout_labels))
        self._check_indices(self.known_wrong, len(self.known_wrong))
        self._check_verified()

    def _check_images(self) -> None:
        n, shape = self.num_samples, self.images.shape
        dtype = getattr(self.images, "dtype", np.uint8)  # sources always give uint8
        _require(
            dtype == np.uint8 and len(shape) == 4 and shape[0] == n and shape[3] == 3,
            f"Images must be uint8 [{n}, side, side, 3].",
        )
        _require(
            shape[1] == shape[2] and shape[1] % 8 == 0,
            "Images must be square, with a side that is a multiple of 8 pixels.",
        )

    def _check_labels(self, labels: Indices, least: int = 0) -> None:
        _require(self.num_classes >= 2, "At least two classes are required.")
        _require(labels.dtype == np.int64 and labels.ndim == 1, "Labels must be int64 and one-dimensional.")
        _require(_within(labels - least, self.num_classes - least), "A label is not one of the classes.")

    def _check_indices(self, index: Indices, count: int) -> None:
        _require(index.dtype == np.int64 and index.shape == (count,), f"Indices must be int64 [{count}].")
        _require(_within(index, self.num_samples), "An index is out of range.")

    def _check_verified(self) -> None:
        settled = np.concatenate([self.meta_index, self.holdout_index, self.known_wrong])
        _require(
            len(np.unique(settled)) == len(settled),
            "Meta set, hold-out and samples known to be wrong must not overlap or contain a sample twice.",
        )
        _require(
            bool(self.has_given[self.known_wrong].all()), "A missing given label cannot be known to be wrong."
        )
        _require(
            bool(np.isin(self.not_random, self.meta_index).all()),
            "Samples that are not a random sample must be in the meta set.",
        )
        _require(
            len(self.meta_index) != 1, "One verified sample is not enough to learn from: verify more samples."
        )
        _require(len(self.noisy_index) >= 2, "At least two samples outside the meta set are required.")

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

    def decode(self) -> NDArray[np.uint8]:
        """The images as an array, [N, side, side, 3]. Raises `DamagedImagesError`."""
        if isinstance(self.images, np.ndarray):
            return self.images
        return gather(self.images)

    def decoded(self) -> "TrainingSet":
        """The same with its images as an array, to be used many times. Raises `DamagedImagesError`."""
        return replace(self, images=self.decode())

    @property
    def settled(self) -> Indices:
        """The settled class of verified samples and the given label of all others, int64 [N]; `NO_LABEL` if
        there is neither.
        """
        labels = self.given.copy()
        labels[self.meta_index], labels[self.holdout_index] = self.meta_labels, self.holdout_labels
        return labels

    @property
    def random_meta(self) -> NDArray[np.bool_]:
        """Whether each sample of the meta set belongs to its random sample, bool [M]."""
        return ~np.isin(self.meta_index, self.not_random)

    @property
    def has_given(self) -> NDArray[np.bool_]:
        """Whether each sample has a given label, bool [N]."""
        found: NDArray[np.bool_] = self.given != NO_LABEL
        return found

    @property
    def ranked_index(self) -> Indices:
        """Samples with a given label, in order: those that a run ranks."""
        return np.flatnonzero(self.has_given)

    @property
    def noisy_index(self) -> Indices:
        """Samples with a given label, neither in the meta set nor known to be wrong, in order."""
        excluded = np.concatenate([self.meta_index, self.known_wrong, np.flatnonzero(~self.has_given)])
        return np.setdiff1d(np.arange(self.num_samples, dtype=np.int64), excluded)


def separate_duplicates(data: TrainingSet, group: Indices) -> TrainingSet:
    """The same without meta samples that are duplicates of hold-out samples: a run that learned from them
    would be measured on what it learned. They become noisy samples, or are left out if they have no given
    label.

    group int64 [N]: the group of duplicates of each sample, -1 for none.
    """
    held = group[data.holdout_index]
    shared = np.isin(group[data.meta_index], held[held >= 0])
    dropped = data.meta_index[shared]
    return replace(
        data,
        meta_index=data.meta_index[~shared],
        meta_labels=data.meta_labels[~shared],
        not_random=data.not_random[~np.isin(data.not_random, dropped)],
    )


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise TrainingSetError(message)


def _within(values: Indices, end: int) -> bool:
    return bool(values.size == 0 or (values.min() >= 0 and values.max() < end))


class VerifiedSplit(NamedTuple):
    """Positions of the meta set and of the hold-out in the verified set, increasing."""

    meta: Indices
    holdout: Indices


def split_verified(
    file_names: Sequence[str], labels: Indices, selections: Sequence[Selection] | None = None
) -> VerifiedSplit:
    """Split a verified set by the rule of `mslg_rules.holdout`. By default all of it is a random sample."""
    chosen = selections or [Selection.RANDOM] * len(file_names)
    newcomers = [Newcomer(*newcomer) for newcomer in zip(file_names, labels.tolist(), chosen, strict=True)]
    places = split_newcomers(newcomers, defaultdict(ClassSplit))
    held = np.array([place is Split.HOLDOUT for place in places], dtype=np.bool_)
    return VerifiedSplit(np.flatnonzero(~held), np.flatnonzero(held))
