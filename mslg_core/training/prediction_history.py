"""Keeps predictions made during a run: sums over late epochs, and each sample's trajectory."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mslg_core.configs.plan import Plan
from mslg_core.images.training_set import Indices
from mslg_core.models.class_table import Table, pack, to_dense, zeros_table

# Probabilities are kept in steps of 1/255, a byte each: no chart shows more.
STEPS = 255
MAX_KEPT_EPOCHS = 64
# Up to MAX_CLASSES all classes are kept; otherwise the given label and the most probable classes.
MAX_CLASSES, KEPT_CLASSES = 16, 4


class PredictionHistory:
    """Predicts all samples after some epochs and keeps the predictions.

    Predictions of late epochs, in the second half of the warm-up and of the epochs after it, are summed.
    Trajectories hold late epochs, or all epochs with `early`, but at most `MAX_KEPT_EPOCHS`, evenly spaced.
    They take a byte for every sample, epoch and class, or fifteen bytes for all classes if there are many.

    Args: given int64 [N], on the run's device; num_classes C; plan; early, whether predictions are cheap
    enough to be made after early epochs too.
    """

    def __init__(self, given: Tensor, num_classes: int, plan: Plan, *, early: bool) -> None:
        self._given, self._plan, self._early = given, plan, early
        self._every = -(-plan.epochs // MAX_KEPT_EPOCHS)
        self._sum = zeros_table(len(given), num_classes, given.device)
        self._warm_up_sum = zeros_table(len(given), num_classes, given.device)
        # One per kept epoch, on the CPU: uint8 [N, K], and int16 [N, K] if not all classes are kept.
        self._probabilities: list[Tensor] = []
        self._classes: list[Tensor] = []

    def record(self, epoch: int, predict: Callable[[], Iterable[tuple[Tensor, Tensor]]]) -> None:
        """Record the epoch number `epoch`, counted from 1; `predict` returns parts: indices int64 [B] and
        probabilities [B, C].
        """
        warmup, epochs = self._plan.warmup_epochs, self._plan.epochs
        late = epoch > warmup // 2 if epoch <= warmup else epoch >= warmup + (epochs - warmup) // 2
        kept = (late or self._early) and epoch % self._every == 0
        if not late and not kept:
            return
        total, parts = self._warm_up_sum if epoch <= warmup else self._sum, []
        for index, predicted in predict():
            if late:
                total[index] = total[index] + predicted
            if kept:
                parts.append(self._shorten(index, predicted))
        if kept:
            self._keep(parts)

    def averages(self) -> tuple[NDArray[np.float32] | None, NDArray[np.float32] | None]:
        """Mean predictions [N, C] over the late epochs of the warm-up, and of the epochs after it; None
        before any.
        """
        return _average(self._warm_up_sum), _average(self._sum)

    def sums(self) -> tuple[Table | None, Table | None]:
        """Sums of the predictions of these epochs; None before any."""
        found = [total if total.any() else None for total in (self._warm_up_sum, self._sum)]
        return found[0], found[1]

    def trajectories(self, suggestion: Indices) -> NDArray[np.uint8]:
        """Probabilities of the given label and of the suggestion after each of the E kept epochs, [N, E, 2].

        In steps of 1/255; 0 for a class that was not kept because others were more probable. Args: suggestion
        int64 [N].
        """
        wanted = torch.stack([self._given.cpu(), torch.from_numpy(suggestion)], dim=1)
        found = torch.zeros(len(wanted), len(self._probabilities), 2, dtype=torch.uint8)
        for epoch, kept in enumerate(self._probabilities):
            if not self._classes:
                found[:, epoch] = kept.gather(1, wanted)
                continue
            for column in range(2):
                own = self._classes[epoch] == wanted[:, column : column + 1]
                found[:, epoch, column] = torch.where(own, kept, 0).amax(dim=1)
        return found.numpy()

    def state_dict(self) -> dict[str, Any]:
        """All recorded predictions."""
        return {
            "sum": pack(self._sum),
            "warm_up_sum": pack(self._warm_up_sum),
            "probabilities": list(self._probabilities),
            "classes": list(self._classes),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the state of `state_dict`."""
        self._sum.copy_(state["sum"])
        self._warm_up_sum.copy_(state["warm_up_sum"])
        self._probabilities = [kept.cpu() for kept in state["probabilities"]]
        self._classes = [kept.cpu() for kept in state["classes"]]

    def _shorten(self, index: Tensor, predicted: Tensor) -> tuple[Tensor, Tensor | None]:
        """(probabilities uint8 [B, K], classes int16 [B, K] if not all are kept) of the samples `index`."""
        classes = None
        if predicted.shape[1] > MAX_CLASSES:
            most_probable = predicted.topk(KEPT_CLASSES, dim=1).indices
            classes = torch.cat([self._given[index].unsqueeze(1), most_probable], dim=1)
            predicted = predicted.gather(1, classes)
            classes = classes.to(torch.int16).cpu()
        return (predicted * STEPS).round().to(torch.uint8).cpu(), classes

    def _keep(self, parts: list[tuple[Tensor, Tensor | None]]) -> None:
        self._probabilities.append(torch.cat([probabilities for probabilities, _ in parts]))
        if parts[0][1] is not None:
            self._classes.append(torch.cat([classes for _, classes in parts if classes is not None]))


def _average(table: Table) -> NDArray[np.float32] | None:
    total = to_dense(table)
    if not total.any():
        return None
    return (total / total.sum(dim=1, keepdim=True)).cpu().numpy()
