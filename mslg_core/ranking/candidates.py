"""Ranks with many classes: each sample has a few candidate classes, and all others count as impossible.

A table of N samples and C classes would not fit into memory. The candidates of a sample are its given label,
its verified class if there is one, and the classes that a run's predictions find most probable. Counted by
their position among the candidates, they are ranked like a dataset of K classes. What is known of pairs of
classes, t of `mslg_core.ranking.calibration`, is then the same for all pairs: with few samples per class,
nothing else could be learned.
"""

from dataclasses import replace

import numpy as np

from mslg_core.images.training_set import Indices, TrainingSet
from mslg_core.ranking.evidence import Evidence
from mslg_core.ranking.findings import Findings, assess
from mslg_core.ranking.ranking import Ranking, rank_labels


def assess_run(data: TrainingSet, evidence: Evidence) -> Findings:
    """Calibrate predictions and measure them, see `assess`; of many classes those of the candidates."""
    classes = evidence.candidates
    if classes is None:
        return assess(data, evidence)
    return _to_classes(assess(_to_positions(data, classes), _count_positions(evidence, classes)), classes)


def rank_findings(findings: Findings, given: Indices) -> Ranking:
    """Rank all samples by the probability of their given label int64 [N], see `rank_labels`."""
    classes = findings.soft_label_classes
    if classes is None:
        return rank_labels(findings.soft_labels, given)
    ranking = rank_labels(findings.soft_labels, _given_positions(given))
    return replace(ranking, suggestion=_take(classes, ranking.suggestion))


def _to_positions(data: TrainingSet, classes: Indices) -> TrainingSet:
    """The training set with positions among the candidates [N, K] in place of classes."""
    return replace(
        data,
        given=_given_positions(data.given),
        classes=tuple(map(str, range(classes.shape[1]))),
        meta_labels=_find(classes[data.meta_index], data.meta_labels),
        holdout_labels=_find(classes[data.holdout_index], data.holdout_labels),
    )


def _given_positions(given: Indices) -> Indices:
    """The given label is the first candidate; a sample without one has a negative number."""
    return np.where(given < 0, given, 0)


def _count_positions(evidence: Evidence, classes: Indices) -> Evidence:
    return replace(
        evidence,
        candidates=None,
        trajectories=lambda suggestion: evidence.trajectories(_take(classes, suggestion)),
        neighbours=lambda suggestion: evidence.neighbours(_take(classes, suggestion)),
    )


def _to_classes(findings: Findings, classes: Indices) -> Findings:
    suspected = findings.suspected_errors
    own = classes[suspected.index]
    return replace(
        findings,
        soft_label_classes=classes,
        suspected_errors=replace(
            suspected, settled=_take(own, suspected.settled), suggested=_take(own, suspected.suggested)
        ),
    )


def _find(classes: Indices, labels: Indices) -> Indices:
    """Positions int64 [n] of the labels int64 [n] in the rows of `classes` [n, K]."""
    found: Indices = (classes == labels[:, None]).argmax(axis=1)
    return found


def _take(classes: Indices, positions: Indices) -> Indices:
    """The classes at `positions` int64 [n] in the rows [n, K]."""
    taken: Indices = classes[np.arange(len(positions)), positions]
    return taken
