"""From calibrated probabilities to scores, suggestions, flags, and the decision to apply them. Importable
without torch.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mslg_core.ranking.metrics import FixesAndBreaks, Ints, fixes_and_breaks
from mslg_core.reports import NUM_BINS, ClassFigures, Histogram, HoldoutFigures, Interval, Summary

Probabilities = NDArray[np.float32]

# One-sided level of the sign test, see docs/decisions/0003-auto-accept.md.
LEVEL = 0.1


@dataclass(frozen=True, slots=True)
class Ranking:
    """label_score float32 [N], suggestion, rank int64 [N] (1 = most suspicious), is_label_issue bool [N]."""

    label_score: NDArray[np.float32]
    suggestion: Ints
    rank: Ints
    is_label_issue: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Verified samples: index, labels int64 [V]; suggestion int64 [V], what would be suggested for each if it
    were not verified.
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


def summarise(
    ranking: Ranking, given: Ints, num_classes: int, meta: Evaluated, holdout: Evaluated
) -> Summary:
    """The figures of a finished run."""
    summary = Summary(
        num_samples=len(given),
        num_issues=int(ranking.is_label_issue.sum()),
        auto_accept=False,
        auto_accept_reason="",
        histogram=_histogram(ranking),
        confusion=_confusion(given, ranking.suggestion, num_classes).tolist(),
        per_class=[_class_figures(ranking, given, c) for c in range(num_classes)],
        holdout=_holdout_figures(given, meta, holdout),
    )
    return decide(summary)


def decide(summary: Summary, methods: int = 1) -> Summary:
    """The summary with the decision whether to apply the suggestions of flagged samples: a sign test on all
    verified samples, which that on the hold-out alone must not contradict.

    Where the run is the best of several `methods` on the same hold-out, one of them passes by chance so many
    times more easily: the level is divided by their number (Bonferroni).
    """
    figures = summary.holdout
    accept, reason = _test(figures, LEVEL / methods)
    if methods > 1 and figures.given_accuracy is not None:
        reason += f" As the best of {methods} methods it needs {LEVEL / methods:.3f} or less."
    corrected = figures.suggestion_accuracy if accept else figures.given_accuracy
    return summary.model_copy(
        update={
            "auto_accept": accept,
            "auto_accept_reason": reason,
            "holdout": figures.model_copy(update={"corrected_accuracy": corrected}),
        }
    )


def _test(figures: HoldoutFigures, level: float) -> tuple[bool, str]:
    """Whether suggestions are to be applied, and why."""
    if figures.given_accuracy is None:
        return False, "There is no hold-out to measure suggestions on, so none is applied."
    counts = FixesAndBreaks(figures.verified_fixes, figures.verified_breaks)
    said = (
        f"On {figures.given_accuracy.n} held-out samples the flagged suggestions put {figures.fixes} wrong "
        f"labels right and {figures.breaks} right ones wrong, on all {figures.verified} verified samples "
        f"{counts.fixes} and {counts.breaks} (one-sided sign test, mid-p {_written(counts.p_value)}): "
    )
    contradicted = FixesAndBreaks(fixes=figures.breaks, breaks=figures.fixes).p_value <= LEVEL
    if contradicted or counts.fixes <= counts.breaks:
        return False, said + "your labels are better than these guesses, so none is applied."
    if counts.p_value > level:
        return False, said + "too few to be sure, so none is applied. Verify more labels."
    return True, said + "they are applied."


def _written(p_value: float) -> str:
    return f"= {p_value:.3f}" if p_value >= 0.0005 else "< 0.001"


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


def _holdout_figures(given: Ints, meta: Evaluated, holdout: Evaluated) -> HoldoutFigures:
    """With the given labels as the corrected ones."""
    before = given[holdout.index]

    def measure(labels: Ints) -> Interval | None:
        return Interval.wilson(int((labels == holdout.labels).sum()), len(holdout.index))

    counts = fixes_and_breaks(before, holdout.suggestion, holdout.labels)
    others = fixes_and_breaks(given[meta.index], meta.suggestion, meta.labels)
    return HoldoutFigures(
        given_accuracy=measure(before),
        suggestion_accuracy=measure(holdout.suggestion),
        corrected_accuracy=measure(before),
        fixes=counts.fixes,
        breaks=counts.breaks,
        verified=len(meta.index) + len(holdout.index),
        verified_fixes=counts.fixes + others.fixes,
        verified_breaks=counts.breaks + others.breaks,
    )
