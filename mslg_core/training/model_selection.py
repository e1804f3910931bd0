"""A run that chooses its method itself: several, one after the other, the best on the hold-out is kept."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch

from mslg_core.configs.auto import AutoConfig
from mslg_core.configs.base import Method
from mslg_core.configs.job import JobConfig, parse_config
from mslg_core.errors import CheckpointError, DivergedError
from mslg_core.features.cache import FeatureCache, MemoryCache
from mslg_core.images.training_set import TrainingSet
from mslg_core.ranking.ranking import decide
from mslg_core.ranking.result import CleaningResult
from mslg_core.ranking.suspected_errors import SuspectedErrors
from mslg_core.reports import Candidate, EpochReport, Summary
from mslg_core.training.trainer import Trainer
from mslg_core.training.warm_start import StartingPoint

# What an epoch of a method costs, in epochs of plain training: a look ahead, or a second network.
COSTS = {Method.MSLG: 3.0, Method.META_WEIGHT_NET: 3.0, Method.MLNT: 7.0, Method.CO_TEACHING: 2.0}


@dataclass(frozen=True, slots=True)
class _Trial:
    """What became of one candidate; no summary where it did not run to its end."""

    method: Method
    note: str
    seconds: float
    summary: Summary | None

    def row(self, tried: int) -> Candidate:
        """Its row in the table of so many methods."""
        summary = self.summary and decide(self.summary, tried)
        corrected = summary and summary.holdout.corrected_accuracy
        suggestions = summary and summary.holdout.suggestion_accuracy
        return Candidate(
            method=self.method,
            chosen=False,
            note=self.note,
            corrected_accuracy=corrected and corrected.value,
            suggestion_accuracy=suggestions and suggestions.value,
            auto_accept=summary and summary.auto_accept,
            seconds=self.seconds,
        )

    def dump(self) -> dict[str, Any]:
        """Plain values."""
        summary = self.summary and self.summary.model_dump(mode="json")
        return {"method": self.method.value, "note": self.note, "seconds": self.seconds, "summary": summary}

    @classmethod
    def load(cls, state: dict[str, Any]) -> Self:
        """What `dump` gave."""
        summary = None if state["summary"] is None else Summary.model_validate(state["summary"])
        return cls(Method(state["method"]), state["note"], state["seconds"], summary)


class AutoTrainer:
    """Trains one candidate after the other within a time budget; used like `Trainer`, its epochs count on.

    The best candidate's suggestions are right most often on the hold-out; among equals MSLG wins, then the
    first. Whether they are applied is decided anew, since the best of several does well by chance more easily
    than any one. Without a hold-out there is nothing to choose by, and MSLG runs alone.

    Args: training_set; config; device, a torch device or "auto"; where features are kept between runs; what
    an earlier run has learned, from which every candidate starts.
    """

    def __init__(
        self,
        training_set: TrainingSet,
        config: AutoConfig,
        device: str = "auto",
        cache: FeatureCache | None = None,
        start: StartingPoint | None = None,
    ) -> None:
        self.training_set, self.config, self._device = training_set, config, device
        self._cache = cache or MemoryCache()  # all candidates share their features
        self._start = start
        self._candidates = config.candidates if len(training_set.holdout_index) else (Method.MSLG,)
        self._trials: list[_Trial] = []  # of the candidates that are done, or left out
        self._best: CleaningResult | None = None
        self._learned: StartingPoint | None = None  # by the best
        self._seconds = dict.fromkeys(self._candidates, 0.0)
        self._plain_epochs = 0.0  # that would have cost as much as all epochs so far
        self._epoch = self._offset = 0  # epochs so far, and before the present candidate
        self._trainer = self._make(self._candidates[0])

    @property
    def device(self) -> torch.device:
        """Where it trains."""
        return self._trainer.device

    def run(self) -> Iterator[EpochReport]:
        """Train the epochs that are left, one report after each; may be left and taken up after any of them.

        Raises `DivergedError` where every candidate that was tried diverged.
        """
        while not self._done:
            try:
                for report in self._trainer.run():
                    yield self._count(report)
                self._keep(self._trainer.result())
            except DivergedError:
                self._append("It diverged.")
            self._begin_next()
        if self._best is None:
            raise DivergedError("Every method diverged: choose a lower learning rate.")

    def result(self) -> CleaningResult:
        """The best result so far, with the table of all candidates; the present candidate's before any."""
        best = self._best or self._trainer.result()
        summary = decide(best.summary, self._num_tried)
        return dataclasses.replace(best, summary=summary.model_copy(update={"model_selection": self.table()}))

    def starting_point(self) -> StartingPoint:
        """What the best candidate has learned, for a later run to start from; the present one before any."""
        return self._learned or self._trainer.starting_point()

    def table(self) -> list[Candidate]:
        """What became of every candidate, in the order of their trial."""
        best = max((trial for trial in self._trials if trial.summary), key=_merit, default=None)
        note = "Its suggestions are right most often on the hold-out."
        if not len(self.training_set.holdout_index):
            note = "There is no hold-out to compare methods on, so no other was tried. Verify more labels."
        rows = {trial.method: trial.row(self._num_tried) for trial in self._trials}
        if best is not None:
            rows[best.method] = rows[best.method].model_copy(update={"chosen": True, "note": note})
        return list(rows.values())

    def state_dict(self) -> dict[str, Any]:
        """The complete state, tensors and plain values only."""
        return {
            "config": self.config.model_dump_json(),
            "trials": [trial.dump() for trial in self._trials],
            "best": _pack(self._best),
            "learned": self._learned and dataclasses.asdict(self._learned),
            "seconds": {method.value: seconds for method, seconds in self._seconds.items()},
            "plain_epochs": self._plain_epochs,
            "epochs": (self._epoch, self._offset),
            "trainer": self._trainer.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on where `state_dict` was taken. Raises `CheckpointError` for another run's state."""
        if state.get("config") != self.config.model_dump_json():
            raise CheckpointError("The checkpoint belongs to a run with other settings.")
        self._trials = [_Trial.load(trial) for trial in state["trials"]]
        self._best = _unpack(state["best"])
        self._learned = state["learned"] and StartingPoint(**state["learned"])
        self._seconds = {Method(name): seconds for name, seconds in state["seconds"].items()}
        self._plain_epochs = state["plain_epochs"]
        self._epoch, self._offset = state["epochs"]
        if not self._done:
            self._trainer = self._make(self._candidates[len(self._trials)])
            self._trainer.load_state_dict(state["trainer"])

    @property
    def _done(self) -> bool:
        return len(self._trials) == len(self._candidates)

    @property
    def _num_tried(self) -> int:
        """How many candidates there are results of, the present one's if none."""
        return max(1, sum(trial.summary is not None for trial in self._trials))

    @property
    def _method(self) -> Method:
        return self._candidates[len(self._trials)]

    def _make(self, method: Method) -> Trainer:
        config = candidate_config(self.config, method)
        return Trainer(self.training_set, config, self._device, self._cache, self._start)

    def _count(self, report: EpochReport) -> EpochReport:
        """The report of a candidate's epoch as one of the whole run's."""
        self._epoch += 1
        self._seconds[self._method] += report.seconds
        self._plain_epochs += _cost(self._method, warm_up=report.phase == "warm_up")
        later = self._affordable(report.eta_seconds)
        return report.model_copy(
            update={
                "epoch": self._epoch,
                "epochs": self._offset + self._trainer.plan.epochs * (1 + len(later)),
                "eta_seconds": report.eta_seconds + sum(map(self._estimate, later)),
            }
        )

    def _affordable(self, left: float) -> list[Method]:
        """The candidates to come that fit into the budget when the present one takes `left` seconds more."""
        fitting: list[Method] = []
        for method in self._candidates[len(self._trials) + 1 :]:
            if self._fits(method, left + sum(map(self._estimate, fitting))):
                fitting.append(method)
        return fitting

    def _fits(self, method: Method, before: float = 0.0) -> bool:
        """Whether a candidate would end in time, were it to begin `before` seconds from now."""
        spent = sum(self._seconds.values())
        return spent + before + self._estimate(method) <= 60 * self.config.time_budget

    def _estimate(self, method: Method) -> float:
        """Seconds that a candidate would take, judging by the epochs so far."""
        if not self._plain_epochs:
            return 0.0
        plan = self._trainer.plan
        later = plan.epochs - plan.warmup_epochs
        cost = plan.warmup_epochs * _cost(method, warm_up=True) + later * _cost(method, warm_up=False)
        return cost * sum(self._seconds.values()) / self._plain_epochs

    def _keep(self, result: CleaningResult) -> None:
        """Enter a candidate's result into the table, and keep it if it is the best."""
        before = max(map(_merit, self._trials), default=(0.0, False))
        self._append("The suggestions of another method are right as often, or more.", result.summary)
        if self._best is None or _merit(self._trials[-1]) > before:
            self._best, self._learned = result, self._trainer.starting_point()

    def _append(self, note: str, summary: Summary | None = None) -> None:
        """Enter the present candidate into the table."""
        self._trials.append(_Trial(self._method, note, self._seconds[self._method], summary))

    def _begin_next(self) -> None:
        """Set up the next candidate that fits into the budget; those that do not are left out."""
        self._offset = self._epoch
        while not self._done and not self._fits(self._method):
            self._append(f"Not tried: the time budget of {self.config.time_budget:g} minutes is too short.")
        if not self._done:
            self._trainer = self._make(self._method)


def make_trainer(
    training_set: TrainingSet,
    config: JobConfig,
    device: str = "auto",
    cache: FeatureCache | None = None,
    start: StartingPoint | None = None,
) -> Trainer | AutoTrainer:
    """The trainer for any config; `start` is what an earlier one's `starting_point()` gave."""
    if isinstance(config, AutoConfig):
        return AutoTrainer(training_set, config, device, cache, start)
    return Trainer(training_set, config, device, cache, start)


def candidate_config(config: AutoConfig, method: Method) -> JobConfig:
    """The config of one candidate: its own defaults, and what `config` says of any training."""
    shared = config.model_dump(exclude={"method", "time_budget", "candidates"})
    return parse_config({**shared, "method": method})


def _cost(method: Method, *, warm_up: bool) -> float:
    """Cost of an epoch in epochs of plain training; a second network is there from the beginning."""
    return 1.0 if warm_up and method is not Method.CO_TEACHING else COSTS.get(method, 1.0)


def _merit(trial: _Trial) -> tuple[float, bool]:
    """What the best candidate has most of."""
    accuracy = trial.summary and trial.summary.holdout.suggestion_accuracy
    return accuracy.value if accuracy else 0.0, trial.method is Method.MSLG


def _pack(result: CleaningResult | None) -> dict[str, Any] | None:
    """A result as tensors and plain values."""
    if result is None:
        return None
    values = {field.name: getattr(result, field.name) for field in dataclasses.fields(result)}
    suspected_errors = {
        field.name: getattr(result.suspected_errors, field.name)
        for field in dataclasses.fields(result.suspected_errors)
    }
    summary = result.summary.model_dump(mode="json")
    return {
        **values,
        **_to_tensors(values),
        "suspected_errors": _to_tensors(suspected_errors),
        "summary": summary,
    }


def _unpack(state: dict[str, Any] | None) -> CleaningResult | None:
    if state is None:
        return None
    suspected_errors, summary = (
        SuspectedErrors(**_to_arrays(state["suspected_errors"])),
        Summary.model_validate(state["summary"]),
    )
    return CleaningResult(
        **{**state, **_to_arrays(state), "suspected_errors": suspected_errors, "summary": summary}
    )


def _to_tensors(values: dict[str, Any]) -> dict[str, torch.Tensor]:
    """The arrays among the values."""
    return {name: torch.from_numpy(v) for name, v in values.items() if isinstance(v, np.ndarray)}


def _to_arrays(state: dict[str, Any]) -> dict[str, Any]:
    """The tensors among the values."""
    return {name: v.cpu().numpy() for name, v in state.items() if isinstance(v, torch.Tensor)}
