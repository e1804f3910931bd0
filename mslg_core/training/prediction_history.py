"""What is kept of the predictions of a run as it goes: sums over late epochs, and how each sample fared."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mslg_core.configs.plan import Plan
from mslg_core.images.training_set import Indices

# A byte per probability: no chart shows more.
STEPS = 255
MAX_KEPT_EPOCHS = 64
# Of so many classes all are kept; of more, those of the given label and of the most probable classes.
MAX_CLASSES, KEPT_CLASSES = 16, 4


class PredictionHistory:
    """Asks for predictions of all samples after the epochs that it makes use of.

    Late epochs, in the last half of the warm-up and of what follows it, are summed up. Trajectories hold
    these, or all where predictions are cheap, but no more than `MAX_KEPT_EPOCHS`, evenly spread: a byte for
    every sample, epoch and class, and fifteen bytes for all classes together where there are many.

    Args: given int64 [N], on the run's device; num_classes C; plan; whether to watch early epochs too.
    """

    def __init__(self, given: Tensor, num_classes: int, plan: Plan, *, early: bool) -> None:
        self._given, self._plan, self._early = given, plan, early
        self._every = -(-plan.epochs // MAX_KEPT_EPOCHS)
        self._sum = torch.zeros(len(given), num_classes, device=given.device)
        self._warm_up_sum = torch.zeros_like(self._sum)
        # One of each per epoch, on the CPU: uint8 [N, K], and int16 [N, K] where not all classes are kept.
        self._probabilities: list[Tensor] = []
        self._classes: list[Tensor] = []

    def see(self, epoch: int, predict: Callable[[], Tensor]) -> None:
        """After the epoch number `epoch`, counted from 1; `predict` gives probabilities [N, C]."""
        warmup, epochs = self._plan.warmup_epochs, self._plan.epochs
        late = epoch > warmup // 2 if epoch <= warmup else epoch >= warmup + (epochs - warmup) // 2
        watched = (late or self._early) and epoch % self._every == 0
        if not late and not watched:
            return
        predicted = predict()
        if late:
            total = self._warm_up_sum if epoch <= warmup else self._sum
            total += predicted
        if watched:
            self._keep(predicted)

    def averages(self) -> tuple[NDArray[np.float32] | None, NDArray[np.float32] | None]:
        """Distributions [N, C] over the late epochs of the warm-up, and of what follows; None before any."""
        return _average(self._warm_up_sum), _average(self._sum)

    def trajectories(self, suggestion: Indices) -> NDArray[np.uint8]:
        """Probabilities of the given label and of the `suggestion` int64 [N] after each of the E watched
        epochs, in steps of 1/255, [N, E, 2]; 0 for a class that was not kept since others were more probable.
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
        """All that has been seen."""
        return {
            "sum": self._sum,
            "warm_up_sum": self._warm_up_sum,
            "probabilities": list(self._probabilities),
            "classes": list(self._classes),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up the state of `state_dict`."""
        self._sum.copy_(state["sum"])
        self._warm_up_sum.copy_(state["warm_up_sum"])
        self._probabilities = [kept.cpu() for kept in state["probabilities"]]
        self._classes = [kept.cpu() for kept in state["classes"]]

    def _keep(self, predicted: Tensor) -> None:
        num_classes = predicted.shape[1]
        if num_classes > MAX_CLASSES:
            most_probable = predicted.topk(KEPT_CLASSES, dim=1).indices
            classes = torch.cat([self._given.unsqueeze(1), most_probable], dim=1)
            predicted = predicted.gather(1, classes)
            self._classes.append(classes.to(torch.int16).cpu())
        self._probabilities.append((predicted * STEPS).round().to(torch.uint8).cpu())


def _average(total: Tensor) -> NDArray[np.float32] | None:
    if not total.any():
        return None
    return (total / total.sum(dim=1, keepdim=True)).cpu().numpy()
