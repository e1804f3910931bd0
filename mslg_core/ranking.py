"""From calibrated probabilities to scores, suggestions, flags, and the decision to apply them. Importable
without torch.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mslg_core.metrics import Ints, fixes_and_breaks
from mslg_core.reports import NUM_BINS, ClassFigures, Histogram, HoldoutFigures, Interval, Summary

Probabilities = NDArray[np.float32]

# One-sided level of the sign test on the hold-out, see docs/decisions/0003-auto-accept.md.
LEVEL = 0.1


@dataclass(frozen=True, slots=True)
class Ranking:
    """label_score float32 [N], suggestion, rank int64 [N] (1 = most suspicious), is_label_issue bool [N]."""

    label_score: NDArray[np.float32]
    suggestion: Ints
    rank: Ints
    is_label_issue: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Holdout:
    """The verified samples that no run learns from: index, labels int64 [H]; suggestion int64 [H], what would
    be suggested for each if it were not verified.
    """

    index: Ints
    labels: Ints
    suggestion: Ints


def rank_labels(probabilities: Probabilities, given: Ints) -> Ranking:
    """Rank all samples by how probable their given label is.

    probabilities [N, C] of the true class; given int64 [N]. The suggestion is the most probable class, the
    given one among equals; a sample is flagged where it is another.
    """
    sample = np.arange(len(given))
    score = probabilities[sample, given]
    best = probabilities.argmax(axis=1)
    suggestion = np.where(probabilities[sample, best] > score, best, given).astype(np.int64)
    rank = np.empty(len(given), dtype=np.int64)
    rank[np.lexsort((sample, score))] = sample + 1
    return Ranking(score.astype(np.float32), suggestion, rank, suggestion != given)


def summarise(ranking: Ranking, given: Ints, num_classes: int, holdout: Holdout) -> Summary:
    """The figures of a finished run."""
    accept, reason = decide(given, holdout)
    return Summary(
        num_samples=len(given),
        num_issues=int(ranking.is_label_issue.sum()),
        auto_accept=accept,
        auto_accept_reason=reason,
        histogram=_histogram(ranking),
        confusion=_confusion(given, ranking.suggestion, num_classes).tolist(),
        per_class=[_class_figures(ranking, given, c) for c in range(num_classes)],
        holdout=_holdout_figures(given, holdout, accepted=accept),
    )


def decide(given: Ints, holdout: Holdout) -> tuple[bool, str]:
    """Whether to apply the suggestions of flagged samples, and why: a sign test on the hold-out."""
    if not len(holdout.index):
        return False, "There is no hold-out to measure suggestions on, so none is applied."
    counts = fixes_and_breaks(given[holdout.index], holdout.suggestion, holdout.labels)
    figures = (
        f"On {len(holdout.index)} held-out samples the flagged suggestions put {counts.fixes} wrong labels "
        f"right and {counts.breaks} right ones wrong (one-sided sign test, mid-p = {counts.p_value:.3f}): "
    )
    if counts.p_value <= LEVEL:
        return True, figures + "they are applied."
    if counts.fixes > counts.breaks:
        return False, figures + "too few to be sure, so none is applied. Verify more labels."
    return False, figures + "your labels are better than these guesses, so none is applied."


def _histogram(ranking: Ranking) -> Histogram:
    edges = np.linspace(0, 1, NUM_BINS + 1)
    counts, _ = np.histogram(ranking.label_score, edges)
    issues, _ = np.histogram(ranking.label_score[ranking.is_label_issue], edges)
    return Histogram(
        edges=[round(e, 6) for e in edges.tolist()], counts=counts.tolist(), issue_counts=issues.tolist()
    )


def _confusion(given: Ints, suggestion: Ints, num_classes: int) -> Ints:
    """Counts [C, C], given by suggestion."""
    flat = np.bincount(given * num_classes + suggestion, minlength=num_classes**2)
    return flat.reshape(num_classes, num_classes).astype(np.int64)


def _class_figures(ranking: Ranking, given: Ints, label_class: int) -> ClassFigures:
    own = given == label_class
    return ClassFigures(
        label_class=label_class,
        given=int(own.sum()),
        suggested=int((ranking.suggestion == label_class).sum()),
        issues=int(ranking.is_label_issue[own].sum()),
        mean_score=float(ranking.label_score[own].mean()) if own.any() else None,
    )


def _holdout_figures(given: Ints, holdout: Holdout, *, accepted: bool) -> HoldoutFigures:
    before = given[holdout.index]

    def measure(labels: Ints) -> Interval | None:
        return Interval.wilson(int((labels == holdout.labels).sum()), len(holdout.index))

    return HoldoutFigures(
        given_accuracy=measure(before),
        suggestion_accuracy=measure(holdout.suggestion),
        corrected_accuracy=measure(holdout.suggestion if accepted else before),
    )
