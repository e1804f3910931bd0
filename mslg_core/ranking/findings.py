"""What a run found: its calibrated predictions and how good they are on verified samples."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mslg_core.images.training_set import Indices, TrainingSet
from mslg_core.ranking.auto_accept import Evaluation, evaluate
from mslg_core.ranking.calibration import Calibrated
from mslg_core.ranking.evidence import Evidence, Floats
from mslg_core.ranking.fallback import choose_predictions
from mslg_core.ranking.ranking import Ranking, rank_labels
from mslg_core.ranking.reliability import measure_reliability, measure_top
from mslg_core.ranking.suspected_errors import SuspectedErrors, find_suspected_errors
from mslg_core.ranking.verified import select_all, select_holdout, select_random_meta
from mslg_core.reports import ReliabilityBin, TopErrors


@dataclass(frozen=True, slots=True)
class Findings:
    """What one run found about N samples and C classes, whether or not its suggestions are applied.

    soft_labels float32 [N, C]: probabilities of the true class, those of verified samples cross-fitted;
    trajectories uint8 [N, E, 2], neighbours int64 [N, 2, K]: see `mslg_core.ranking.result.CleaningResult`.
    soft_label_classes int64 [N, K]: with many classes, those of the K columns of the soft labels.
    evaluation, reliability, top: measured on verified samples. fallback_reason: why the predictions are not
    those of all epochs. warm_started, start_note: see `mslg_core.ranking.evidence.Evidence`.
    """

    soft_labels: Floats
    trajectories: NDArray[np.uint8]
    neighbours: Indices
    suspected_errors: SuspectedErrors
    evaluation: Evaluation
    reliability: list[ReliabilityBin]
    top: list[TopErrors]
    fallback_reason: str | None
    warm_started: bool
    start_note: str | None
    soft_label_classes: Indices | None = None


def assess(data: TrainingSet, evidence: Evidence) -> Findings:
    """Calibrate predictions and measure them; the warm-up's if the method made them worse."""
    calibrated, fallback_reason = choose_predictions(data, evidence)
    soft_labels = _exclude_known_wrong(data, _out_of_sample(data, calibrated))
    ranking = rank_labels(soft_labels, data.given)
    holdout = select_holdout(data)
    return Findings(
        soft_labels=soft_labels,
        trajectories=evidence.trajectories(ranking.suggestion),
        neighbours=evidence.neighbours(ranking.suggestion),
        suspected_errors=find_suspected_errors(
            evidence.ridge_prediction, select_all(data).where(data.has_given)
        ),
        evaluation=_evaluate(data, calibrated, ranking),
        reliability=measure_reliability(calibrated.holdout, holdout.labels),
        top=measure_top(ranking.rank, data.given, holdout.where(data.has_given)),
        fallback_reason=evidence.divergence or fallback_reason,
        warm_started=evidence.warm_started,
        start_note=evidence.start_note,
    )


def _evaluate(data: TrainingSet, calibrated: Calibrated, ranking: Ranking) -> Evaluation:
    evaluation = evaluate(
        data.given,
        select_random_meta(data),
        calibrated.meta.argmax(axis=1),
        select_holdout(data),
        calibrated.holdout.argmax(axis=1),
    )
    return replace(evaluation, ranked=len(data.ranked_index), flagged=int(ranking.is_label_issue.sum()))


def _out_of_sample(data: TrainingSet, calibrated: Calibrated) -> Floats:
    """Probabilities [N, C]. Those of verified samples are cross-fitted: no sample calibrates itself, so
    whatever is measured on the held-out rows of a result holds for the other rows, too.
    """
    probabilities = calibrated.probabilities.copy()
    probabilities[select_random_meta(data).index] = calibrated.meta
    probabilities[data.holdout_index] = calibrated.holdout
    return probabilities


def _exclude_known_wrong(data: TrainingSet, probabilities: Floats) -> Floats:
    """Give probability zero to given labels that are known to be wrong."""
    wrong = data.known_wrong
    others = probabilities[wrong] + np.finfo(np.float32).tiny
    others[np.arange(len(wrong)), data.given[wrong]] = 0
    probabilities[wrong] = others / others.sum(axis=1, keepdims=True)
    return probabilities
