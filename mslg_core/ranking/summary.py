"""The figures of a finished run."""

from collections.abc import Sequence

import numpy as np

from mslg_core.images.training_set import TrainingSet
from mslg_core.ranking.auto_accept import Evaluation, decide
from mslg_core.ranking.findings import Findings
from mslg_core.ranking.metrics import Ints
from mslg_core.ranking.ranking import Ranking
from mslg_core.reports import (
    DENSE_CLASSES,
    NUM_BINS,
    Candidate,
    ClassFigures,
    Confusion,
    Histogram,
    HoldoutFigures,
    Summary,
)

# Pairs of classes that are counted if there are too many for a matrix.
MAX_CONFUSIONS = 1_000


def summarise(
    data: TrainingSet,
    ranking: Ranking,
    findings: Findings,
    model_selection: Sequence[Candidate] | None,
    methods: int,
) -> Summary:
    """Count issues per class and score, and decide whether suggestions are applied.

    model_selection: the table of candidates, None without a selection; methods: how many were tried.
    """
    ranked, num_classes = data.ranked_index, data.num_classes
    given, few = data.given[ranked], num_classes <= DENSE_CLASSES
    ranking = ranking.select(ranked)
    accept, reason = decide(findings.evaluation, methods)
    return Summary(
        num_samples=len(given),
        num_issues=int(ranking.is_label_issue.sum()),
        auto_accept=accept,
        auto_accept_reason=reason,
        histogram=_histogram(ranking),
        confusion=_confusion(given, ranking.suggestion, num_classes).tolist() if few else [],
        confusions=[] if few else _confusions(given, ranking.suggestion, num_classes),
        per_class=[_class_figures(ranking, given, c) for c in range(num_classes)]
        if few
        else _figures_of_many(ranking, given, num_classes),
        holdout=_holdout_figures(findings.evaluation, accept=accept),
        reliability=findings.reliability,
        top=findings.top,
        warm_started=findings.warm_started,
        start_note=findings.start_note,
        fallback_reason=findings.fallback_reason,
        model_selection=None if model_selection is None else list(model_selection),
    )


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


def _confusions(given: Ints, suggestion: Ints, num_classes: int) -> list[Confusion]:
    """The most frequent pairs of different classes."""
    keys = (given * num_classes + suggestion)[given != suggestion]
    pairs, counts = np.unique(keys, return_counts=True)
    most = np.argsort(-counts, kind="stable")[:MAX_CONFUSIONS]
    return [
        Confusion(given=pair // num_classes, suggested=pair % num_classes, count=count)
        for pair, count in zip(pairs[most].tolist(), counts[most].tolist(), strict=True)
    ]


def _figures_of_many(ranking: Ranking, given: Ints, num_classes: int) -> list[ClassFigures]:
    """Those of all classes, in one pass over the samples."""
    totals = np.bincount(given, minlength=num_classes)
    scores = np.bincount(given, ranking.label_score, num_classes) / np.maximum(totals, 1)
    columns = (
        totals,
        np.bincount(ranking.suggestion, minlength=num_classes),
        np.bincount(given[ranking.is_label_issue], minlength=num_classes),
        scores.clip(0, 1),
    )
    return [
        ClassFigures(
            label_class=label,
            given=total,
            suggested=suggested,
            issues=issues,
            mean_score=score if total else None,
        )
        for label, (total, suggested, issues, score) in enumerate(
            zip(*(column.tolist() for column in columns), strict=True)
        )
    ]


def _class_figures(ranking: Ranking, given: Ints, label_class: int) -> ClassFigures:
    own = given == label_class
    return ClassFigures(
        label_class=label_class,
        given=int(own.sum()),
        suggested=int((ranking.suggestion == label_class).sum()),
        issues=int(ranking.is_label_issue[own].sum()),
        mean_score=float(ranking.label_score[own].mean()) if own.any() else None,
    )


def _holdout_figures(evaluation: Evaluation, *, accept: bool) -> HoldoutFigures:
    given, suggestion = evaluation.given_accuracy, evaluation.suggestion_accuracy
    return HoldoutFigures(
        given_accuracy=given,
        suggestion_accuracy=suggestion,
        corrected_accuracy=suggestion if accept else given,
        fixes=evaluation.fixes,
        breaks=evaluation.breaks,
        verified=evaluation.verified,
        verified_fixes=evaluation.verified_fixes,
        verified_breaks=evaluation.verified_breaks,
        separate_accuracy=evaluation.separate_accuracy,
        separate=evaluation.separate,
    )
