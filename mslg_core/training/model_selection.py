"""A run that chooses its method: it trains several candidates and keeps the best on the hold-out."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import torch

from mslg_core.configs.auto import AutoConfig
from mslg_core.configs.base import Method
from mslg_core.configs.job import JobConfig, parse_config
from mslg_core.configs.presets import shared_settings
from mslg_core.errors import CheckpointError, DivergedError
from mslg_core.features.cache import FeatureCache, MemoryCache
from mslg_core.features.extraction import Hooks
from mslg_core.images.training_set import TrainingSet
from mslg_core.methods.registry import require_many_classes
from mslg_core.ranking.findings import Findings
from mslg_core.ranking.result import CleaningResult, conclude
from mslg_core.reports import EpochReport
from mslg_core.training.time_budget import TimeBudget
from mslg_core.training.trainer import Trainer
from mslg_core.training.trials import (
    NOT_CHOSEN,
    Trial,
    count_tried,
    make_table,
    pack_findings,
    unpack_findings,
)
from mslg_core.training.warm_start import COLD_START, Start, StartingPoint


class AutoTrainer:
    """Trains one candidate after the other within a time budget. Same interface as `Trainer`.

    The best candidate's suggestions are right most often on the hold-out; ties go to MSLG, then to the first.
    The best of several passes the test for applying suggestions by luck more easily than any one, so that
    test takes their number into account. Without a hold-out, methods cannot be compared and MSLG runs alone.

    Args: training_set; config; device, a torch device or "auto"; where features are kept between runs; start:
    another run's weights, from which every candidate starts; what else happens while features are extracted.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what a run depends on
        self,
        training_set: TrainingSet,
        config: AutoConfig,
        device: str = "auto",
        cache: FeatureCache | None = None,
        start: Start = COLD_START,
        hooks: Hooks | None = None,
    ) -> None:
        self.training_set, self.config, self._device = training_set, config, device
        self._cache = cache or MemoryCache()  # all candidates share their features
        self._start, self._hooks = start, hooks
        self._candidates = config.candidates if len(training_set.holdout_index) else (Method.MSLG,)
        require_many_classes(self._candidates, training_set.num_classes)
        self._budget = TimeBudget(config.time_budget, self._candidates)
        self._trials: list[Trial] = []  # candidates that have ended, or do not fit into the budget
        self._best: Findings | None = None
        self._learned: StartingPoint | None = None  # the best candidate's weights
        self._epoch = self._offset = 0  # epochs so far, and before the present candidate
        self._trainer = self._make_trainer(self._candidates[0])

    @property
    def device(self) -> torch.device:
        """The device of its tensors."""
        return self._trainer.device

    @property
    def backbone(self) -> str:
        """What its candidates learn from, see `Trainer`."""
        return self._trainer.backbone

    def run(self) -> Iterator[EpochReport]:
        """Train the remaining epochs and report after each. The caller may stop after any of them.

        Raises `DivergedError` if every candidate diverged.
        """
        while not self._done:
            try:
                for report in self._trainer.run():
                    yield self._count(report)
                self._keep(self._trainer.findings())
            except DivergedError:
                self._append("The training diverged.")
            self._begin_next()
        if self._best is None:
            raise DivergedError("Every method diverged: choose a lower learning rate.")

    def result(self) -> CleaningResult:
        """The best candidate's result, or the present one's before any ended, with the table of all."""
        findings = self._best or self._trainer.findings()
        return conclude(
            self.training_set, findings, make_table(self._trials), methods=count_tried(self._trials)
        )

    def starting_point(self) -> StartingPoint:
        """The best candidate's weights, for a later run to start from; the present one's before any ended."""
        return self._learned or self._trainer.starting_point()

    def state_dict(self) -> dict[str, Any]:
        """The complete state, tensors and plain values only."""
        return {
            "config": self.config.model_dump_json(),
            "trials": [trial.state_dict() for trial in self._trials],
            "best": self._best and pack_findings(self._best),
            "learned": self._learned and dataclasses.asdict(self._learned),
            **self._budget.state_dict(),
            "epochs": (self._epoch, self._offset),
            "trainer": self._trainer.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the state of `state_dict`. Raises `CheckpointError` for another run's state."""
        if state.get("config") != self.config.model_dump_json():
            raise CheckpointError("The checkpoint belongs to a run with other settings.")
        self._trials = [Trial.from_state(trial) for trial in state["trials"]]
        self._best = state["best"] and unpack_findings(state["best"])
        self._learned = state["learned"] and StartingPoint(**state["learned"])
        self._budget.load_state_dict(state)
        self._epoch, self._offset = state["epochs"]
        if not self._done:
            self._trainer = self._make_trainer(self._method)
            self._trainer.load_state_dict(state["trainer"])

    @property
    def _done(self) -> bool:
        return len(self._trials) == len(self._candidates)

    @property
    def _method(self) -> Method:
        """The present candidate."""
        return self._candidates[len(self._trials)]

    def _make_trainer(self, method: Method) -> Trainer:
        config = candidate_config(self.config, method)
        return Trainer(self.training_set, config, self._device, self._cache, self._start, self._hooks)

    def _count(self, report: EpochReport) -> EpochReport:
        """The report of a candidate's epoch, counted over the whole run."""
        self._epoch += 1
        self._budget.record(self._method, report)
        plan = self._trainer.plan
        waiting = self._candidates[len(self._trials) + 1 :]
        later = self._budget.select_affordable(waiting, plan, report.eta_seconds)
        return report.model_copy(
            update={
                "epoch": self._epoch,
                "epochs": self._offset + plan.epochs * (1 + len(later)),
                "eta_seconds": report.eta_seconds
                + sum(self._budget.estimate(method, plan) for method in later),
            }
        )

    def _keep(self, findings: Findings) -> None:
        """Add a candidate to the trials, and keep its findings if it is the best so far."""
        before = max((trial.merit for trial in self._trials), default=(0.0, False))
        self._append(NOT_CHOSEN, findings)
        if self._best is None or self._trials[-1].merit > before:
            self._best, self._learned = findings, self._trainer.starting_point()

    def _append(self, note: str, findings: Findings | None = None) -> None:
        """Add the present candidate to the trials."""
        evaluation = None if findings is None else findings.evaluation
        self._trials.append(Trial(self._method, note, self._budget.spent(self._method), evaluation))

    def _begin_next(self) -> None:
        """Set up the next candidate that fits into the budget; add those that do not to the trials."""
        self._offset = self._epoch
        while not self._done and not self._budget.fits(self._method, self._trainer.plan):
            self._append(f"Not tried: the time budget of {self.config.time_budget:g} minutes is too short.")
        if not self._done:
            self._trainer = self._make_trainer(self._method)


def make_trainer(  # noqa: PLR0913, PLR0917 - what a run depends on
    training_set: TrainingSet,
    config: JobConfig,
    device: str = "auto",
    cache: FeatureCache | None = None,
    start: Start = COLD_START,
    hooks: Hooks | None = None,
) -> Trainer | AutoTrainer:
    """The trainer for any config. Args as for `Trainer`."""
    if isinstance(config, AutoConfig):
        return AutoTrainer(training_set, config, device, cache, start, hooks)
    return Trainer(training_set, config, device, cache, start, hooks)


def candidate_config(config: AutoConfig, method: Method) -> JobConfig:
    """The config of one candidate: the settings of `config` that any training has, else the defaults of the
    method or what the preset says of it.
    """
    shared = config.model_dump(exclude={"method", "time_budget", "candidates"})
    preset = shared_settings(config.preset)
    given = {name: value for name, value in shared.items() if name not in preset or preset[name] != value}
    return parse_config({**given, "method": method})
