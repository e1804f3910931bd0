"""A run learns the classes that can be given, without gaps; its result counts the dataset's classes again."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mslg_core.images.training_set import NO_LABEL
from mslg_core.ranking.result import CleaningResult
from mslg_core.reports import Summary
from mslg_rules.class_map import ClassMap

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RunClasses:
    """indices int64 [C]: the dataset's index of each class of the run, increasing, so that a run does not
    depend on the order in which classes are shown.
    """

    indices: Ints
    places: dict[int, int]
    """The run's class by stored label."""

    @classmethod
    def of(cls, classes: ClassMap) -> Self:
        """The active classes."""
        active = sorted(classes.order)
        place = {index: number for number, index in enumerate(active)}
        merged = {source: place[target] for source, target in classes.merged.items() if target in place}
        return cls(np.array(active, dtype=np.int64), place | merged)

    def place(self, label: int | None) -> int:
        """The run's class of a stored label; `NO_LABEL` without one."""
        return NO_LABEL if label is None else self.places[label]


def in_dataset_classes(result: CleaningResult, indices: Ints) -> CleaningResult:
    """The result with the dataset's classes in place of the run's. indices int64 [C], or [0]: the same."""
    if np.array_equal(indices, np.arange(len(indices))):
        return result
    errors, sparse = result.suspected_errors, result.soft_label_classes
    return replace(
        result,
        suggestion=indices[result.suggestion],
        soft_labels=_spread(result.soft_labels, indices) if sparse is None else result.soft_labels,
        soft_label_classes=None if sparse is None else indices[sparse],
        suspected_errors=replace(
            errors, settled=indices[errors.settled], suggested=indices[errors.suggested]
        ),
        summary=_summary(result.summary, indices),
    )


def _spread(columns: NDArray[Any], indices: Ints) -> NDArray[Any]:
    """Columns [N, C] at the places of the dataset's classes; 0 for the others."""
    spread = np.zeros((len(columns), int(indices[-1]) + 1), dtype=columns.dtype)
    spread[:, indices] = columns
    return spread


def _summary(summary: Summary, indices: Ints) -> Summary:
    figures = [
        one.model_copy(update={"label_class": int(indices[one.label_class])}) for one in summary.per_class
    ]
    pairs = [
        pair.model_copy(update={"given": int(indices[pair.given]), "suggested": int(indices[pair.suggested])})
        for pair in summary.confusions
    ]
    matrix = np.array(summary.confusion, dtype=np.int64)
    if len(matrix):
        matrix = _spread(_spread(matrix, indices).T, indices).T
    return summary.model_copy(
        update={"per_class": figures, "confusions": pairs, "confusion": matrix.tolist()}
    )
