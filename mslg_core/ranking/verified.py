"""The verified samples of a training set, grouped by how they are used."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mslg_core.images.training_set import TrainingSet
from mslg_core.ranking.metrics import Ints


@dataclass(frozen=True, slots=True)
class Verified:
    """Samples whose true class is known: index, labels int64 [V]."""

    index: Ints
    labels: Ints

    def where(self, chosen: NDArray[np.bool_]) -> "Verified":
        """Those of them that are chosen; chosen bool [N]."""
        own = chosen[self.index]
        return Verified(self.index[own], self.labels[own])


def select_holdout(data: TrainingSet) -> Verified:
    """The hold-out."""
    return Verified(data.holdout_index, data.holdout_labels)


def select_random_meta(data: TrainingSet) -> Verified:
    """The randomly selected samples of the meta set. The others are excluded from evaluation."""
    return Verified(data.meta_index[data.random_meta], data.meta_labels[data.random_meta])


def select_all(data: TrainingSet) -> Verified:
    """Meta set and hold-out."""
    return Verified(
        np.concatenate([data.meta_index, data.holdout_index]),
        np.concatenate([data.meta_labels, data.holdout_labels]),
    )
