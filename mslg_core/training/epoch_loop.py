"""Trains epoch by epoch and reports on each: the warm-up first, then the method."""

import math
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from mslg_core.configs.plan import Plan
from mslg_core.errors import DivergedError
from mslg_core.features.features import Features
from mslg_core.images.batches import batches
from mslg_core.methods.base import BaseMethod
from mslg_core.reports import EpochReport, Phase
from mslg_core.training.cuda_graphs import make_runner
from mslg_core.training.eta import Stopwatch
from mslg_core.training.prediction_history import PredictionHistory


class EpochLoop:
    """Runs one epoch at a time.

    Attributes: epoch, how many have ended; history, the predictions after some of them.

    Args: method, with its run; plan; noisy int64 [n], the samples to train on.
    """

    def __init__(self, method: BaseMethod[Any], plan: Plan, noisy: Tensor) -> None:
        self._method, self._run, self._plan, self._noisy = method, method.run, plan, noisy
        self.epoch = 0
        self._runner = make_runner(method)
        # Predictions are cheap where the inputs are extracted features.
        self.history = PredictionHistory(
            self._run.given, self._run.num_classes, plan, early=isinstance(self._run.images, Features)
        )
        self._stopwatch = Stopwatch(plan, method.phase)

    def run_epoch(self) -> EpochReport:
        """Train one epoch. Raises `DivergedError`; the epoch does not count then."""
        started = time.perf_counter()
        phase, rate = self._phase(), self._plan.rate_after(self.epoch)
        loss = self._train_epoch(phase, rate)
        meta_loss, meta_accuracy = self._measure_meta()
        self.epoch += 1
        self.history.record(self.epoch, self._run.predict_in_parts)
        seconds = time.perf_counter() - started
        self._stopwatch.record(phase, seconds)
        return EpochReport(
            epoch=self.epoch,
            epochs=self._plan.epochs,
            phase=phase,
            train_loss=loss,
            meta_loss=meta_loss,
            meta_accuracy=meta_accuracy,
            labels_changed=self._labels_changed(),
            learning_rate=rate,
            seconds=seconds,
            eta_seconds=self._stopwatch.remaining(self.epoch),
        )

    def state_dict(self) -> dict[str, Any]:
        """Epochs, their predictions and their durations."""
        return {
            "epoch": self.epoch,
            "prediction_history": self.history.state_dict(),
            "seconds": self._stopwatch.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the state of `state_dict`."""
        self.epoch = state["epoch"]
        self.history.load_state_dict(state["prediction_history"])
        self._stopwatch.load_state_dict(state["seconds"])

    def _phase(self) -> Phase:
        """The next epoch's phase. Without verified samples, methods that need them stay in the warm-up."""
        unverified = self._method.phase == "meta" and not len(self._run.meta_index)
        warm_up = self.epoch < self._plan.warmup_epochs or unverified
        return "warm_up" if warm_up else self._method.phase

    def _train_epoch(self, phase: Phase, rate: float) -> float:
        for group in self._run.optimizer.param_groups:
            group["lr"] = rate
        if phase == "warm_up":
            return self._train(self._method.warm_up_step)
        self._method.begin_epoch(self.epoch - self._plan.warmup_epochs)
        return self._train(self._method.step)

    def _train(self, step: Callable[[Tensor], Tensor]) -> float:
        """One pass over the noisy training set; returns the mean loss per sample."""
        self._run.model.train()
        total = torch.zeros((), device=self._noisy.device)
        for index in batches(self._noisy, self._plan.batch_size, self._run.generator):
            total += self._runner.run(step, index) * len(index)
        return _check_finite(float(total) / len(self._noisy))

    def _measure_meta(self) -> tuple[float | None, float | None]:
        """Mean cross entropy and accuracy on the meta set; None without one.

        The weights of the last step may be unusable although every loss of the epoch was finite.
        """
        index, labels = self._run.meta_index, self._run.meta_labels
        if not len(labels):
            return None, None
        losses, correct = [], []
        size = self._run.images.evaluation_batch
        for part in (slice(start, start + size) for start in range(0, len(labels), size)):
            logits = self._run.predict(index[part])
            losses.append(F.cross_entropy(logits, labels[part], reduction="none"))
            correct.append(logits.argmax(dim=1) == labels[part])
        return _check_finite(float(torch.cat(losses).mean())), float(torch.cat(correct).float().mean())

    def _labels_changed(self) -> int:
        return int((self._method.peaks() != self._run.given)[self._noisy].sum())


def _check_finite(loss: float) -> float:
    if not math.isfinite(loss):
        raise DivergedError("The training diverged: choose a lower learning rate or smaller label steps.")
    return loss
