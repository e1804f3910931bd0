"""Whether there are enough verified labels, by the rule of the service. Importable without torch."""

import numpy as np

from mslg_core.errors import TrainingSetError
from mslg_core.images.training_set import Indices, TrainingSet
from mslg_rules.holdout import ClassSplit
from mslg_rules.required import Supply, name_needed, needed_labels


def require_enough(data: TrainingSet) -> None:
    """Raises `TrainingSetError` with what each class lacks, see `mslg_rules.required`."""
    needed = needed_labels(_count_splits(data), _count_given(data))
    if needed:
        lacking = name_needed({data.classes[label]: count for label, count in needed.items()})
        raise TrainingSetError(f"Verify {lacking}, then start again.")


def _count_splits(data: TrainingSet) -> dict[int, ClassSplit]:
    """The verified set by true class."""
    random = ~np.isin(data.meta_index, data.not_random)
    counted = zip(
        _count(data.meta_labels[random], data),
        _count(data.meta_labels[~random], data),
        _count(data.holdout_labels, data),
        strict=True,
    )
    return {label: ClassSplit(*counts) for label, counts in enumerate(counted)}


def _count_given(data: TrainingSet) -> dict[int, Supply]:
    """The samples by given label."""
    seen = np.concatenate([data.meta_index, data.holdout_index, data.known_wrong])
    unseen = np.setdiff1d(np.arange(data.num_samples), seen)
    counted = zip(_count(data.given, data), _count(data.given[unseen], data), strict=True)
    return {label: Supply(*counts) for label, counts in enumerate(counted)}


def _count(labels: Indices, data: TrainingSet) -> list[int]:
    """Samples of each class; a missing label counts for none."""
    counts: list[int] = np.bincount(labels[labels >= 0], minlength=data.num_classes).tolist()
    return counts
