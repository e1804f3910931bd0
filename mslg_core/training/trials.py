"""The candidates of a model selection that were tried, and the table that compares them."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch

from mslg_core.configs.base import Method
from mslg_core.ranking.auto_accept import Evaluation, decide
from mslg_core.ranking.findings import Findings
from mslg_core.ranking.suspected_errors import SuspectedErrors
from mslg_core.reports import Candidate, ReliabilityBin, TopErrors

CHOSEN = "Its suggestions are right most often on the hold-out."
NOT_CHOSEN = "The suggestions of another method are right at least as often on the hold-out."
ONLY_ONE = "There is no hold-out to compare methods on, so no other was tried. Verify more labels."


@dataclass(frozen=True, slots=True)
class Trial:
    """A candidate that has ended; `evaluation` is None if it did not run to its end."""

    method: Method
    note: str
    seconds: float
    evaluation: Evaluation | None

    @property
    def merit(self) -> tuple[float, bool]:
        """The best candidate has most of this: accuracy on the hold-out; ties go to MSLG."""
        return self.evaluation.merit if self.evaluation else 0.0, self.method is Method.MSLG

    def state_dict(self) -> dict[str, Any]:
        """Plain values."""
        return dataclasses.asdict(self) | {"method": self.method.value}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """The trial of a `state_dict`."""
        evaluation = state["evaluation"] and Evaluation(**state["evaluation"])
        return cls(Method(state["method"]), state["note"], state["seconds"], evaluation)


def count_tried(trials: Sequence[Trial]) -> int:
    """How many candidates ran to their end; at least 1, for the present one."""
    return max(1, sum(trial.evaluation is not None for trial in trials))


def make_table(trials: Sequence[Trial]) -> list[Candidate]:
    """The trials as table rows, the best of them chosen. Among equals the first wins, but MSLG before it."""
    best = max((trial for trial in trials if trial.evaluation), key=lambda trial: trial.merit, default=None)
    tried = count_tried(trials)
    return [_make_row(trial, tried, chosen=trial is best) for trial in trials]


def _make_row(trial: Trial, tried: int, *, chosen: bool) -> Candidate:
    evaluation = trial.evaluation
    if evaluation is None:
        return _make_empty_row(trial)
    given, suggestion = evaluation.given_accuracy, evaluation.suggestion_accuracy
    has_holdout = evaluation.holdout_size + evaluation.separate_holdout > 0
    accept = decide(evaluation, tried).accept
    corrected = suggestion if accept else given
    return Candidate(
        method=trial.method,
        chosen=chosen,
        note=(CHOSEN if has_holdout else ONLY_ONE) if chosen else trial.note,
        corrected_accuracy=corrected and corrected.value,
        suggestion_accuracy=suggestion and suggestion.value,
        auto_accept=accept,
        seconds=trial.seconds,
    )


def _make_empty_row(trial: Trial) -> Candidate:
    return Candidate(
        method=trial.method,
        chosen=False,
        note=trial.note,
        corrected_accuracy=None,
        suggestion_accuracy=None,
        auto_accept=None,
        seconds=trial.seconds,
    )


def pack_findings(findings: Findings) -> dict[str, Any]:
    """Findings as tensors and plain values."""
    values = {field.name: getattr(findings, field.name) for field in dataclasses.fields(findings)}
    return {
        **{name: torch.from_numpy(v) if isinstance(v, np.ndarray) else v for name, v in values.items()},
        "suspected_errors": {
            name: torch.from_numpy(v) for name, v in dataclasses.asdict(findings.suspected_errors).items()
        },
        "evaluation": dataclasses.asdict(findings.evaluation),
        "reliability": [row.model_dump(mode="json") for row in findings.reliability],
        "top": [row.model_dump(mode="json") for row in findings.top],
    }


def unpack_findings(state: dict[str, Any]) -> Findings:
    """The findings of `pack_findings`."""
    values = _to_arrays(state) | {
        "suspected_errors": SuspectedErrors(**_to_arrays(state["suspected_errors"])),
        "evaluation": Evaluation(**state["evaluation"]),
        "reliability": [ReliabilityBin.model_validate(row) for row in state["reliability"]],
        "top": [TopErrors.model_validate(row) for row in state["top"]],
    }
    return Findings(**values)


def _to_arrays(state: dict[str, Any]) -> dict[str, Any]:
    """The values, tensors as arrays."""
    return {name: v.cpu().numpy() if isinstance(v, torch.Tensor) else v for name, v in state.items()}
