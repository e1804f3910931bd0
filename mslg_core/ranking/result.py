"""From a run's evidence to its result.

`findings.assess` turns evidence into findings; `conclude` here turns findings into the result. The steps are
apart because a run with `method: auto` keeps the findings of its best candidate and concludes when it knows
how many candidates there were.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mslg_core.images.training_set import Indices, TrainingSet
from mslg_core.ranking.candidates import rank_findings
from mslg_core.ranking.evidence import Floats
from mslg_core.ranking.findings import Findings
from mslg_core.ranking.summary import summarise
from mslg_core.ranking.suspected_errors import SuspectedErrors
from mslg_core.reports import Candidate, Summary


@dataclass(frozen=True, slots=True)
class CleaningResult:
    """The result of a run on N samples and C classes.

    soft_labels float32 [N, C]: probabilities of the true class, from predictions and given labels, those of
    verified samples cross-fitted;
    label_score float32 [N]: the probability of the given label, low = probably wrong; suggestion, rank int64
    [N], rank 1 = most suspicious; is_label_issue bool [N]. trajectories uint8 [N, E, 2]: probabilities of the
    given label and of the suggestion after each of E epochs, see `mslg_core.training.prediction_history`;
    neighbours int64 [N, 2, K]: the nearest verified samples of either class, see
    `mslg_core.training.neighbours`. suspected_errors: verified samples to be re-reviewed. soft_label_classes
    int64 [N, K]: with many classes, those of the K columns of the soft labels; the others have probability 0.
    """

    soft_labels: Floats
    label_score: Floats
    suggestion: Indices
    rank: Indices
    is_label_issue: NDArray[np.bool_]
    trajectories: NDArray[np.uint8]
    neighbours: Indices
    suspected_errors: SuspectedErrors
    summary: Summary
    soft_label_classes: Indices | None = None


def conclude(
    data: TrainingSet,
    findings: Findings,
    model_selection: Sequence[Candidate] | None = None,
    methods: int = 1,
) -> CleaningResult:
    """The result of a run; of the best of several `methods`, with their table, if there was a selection."""
    ranking = rank_findings(findings, data.given)
    return CleaningResult(
        soft_labels=findings.soft_labels,
        soft_label_classes=findings.soft_label_classes,
        label_score=ranking.label_score,
        suggestion=ranking.suggestion,
        rank=ranking.rank,
        is_label_issue=ranking.is_label_issue,
        trajectories=findings.trajectories,
        neighbours=findings.neighbours,
        suspected_errors=findings.suspected_errors,
        summary=summarise(data, ranking, findings, model_selection, methods),
    )
