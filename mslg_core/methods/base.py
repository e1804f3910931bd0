"""The contract of a method: what it does with a batch, and what it knows about the labels afterwards."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from mslg_core.configs import TrainingConfig
from mslg_core.data import Images
from mslg_core.reports import Phase


@dataclass(slots=True)
class Run:
    """What a method works with; all tensors live on the run's device.

    given int64 [N]; meta_index, meta_labels int64 [M]; `generator` is the only source of chance, on the CPU.
    """

    model: nn.Module
    optimizer: torch.optim.Optimizer
    images: Images
    given: Tensor
    num_classes: int
    meta_index: Tensor
    meta_labels: Tensor
    batch_size: int
    learning_rate: float
    generator: torch.Generator
    config: TrainingConfig

    def descend(self, loss: Tensor) -> None:
        """One step of the optimiser along the gradient of `loss`."""
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()


class BaseMethod(ABC):
    """One way to train in the presence of wrong labels, after the warm-up. Constructed anew for each run."""

    phase: ClassVar[Phase]

    def __init__(self, run: Run) -> None:
        self.run = run

    @abstractmethod
    def step(self, index: Tensor) -> Tensor:
        """Train on the samples `index` int64 [B]; returns the mean loss, a detached scalar."""

    @abstractmethod
    def soft_labels(self) -> Tensor:
        """What the method believes of every label, distributions [N, C]."""

    def state_dict(self) -> dict[str, Any]:
        """All that `step` has changed and that is not in the run; tensors and plain values only."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:  # noqa: B027 - only where there is state
        """Take up the state of `state_dict`."""


def cross_entropy_step(run: Run, index: Tensor) -> Tensor:
    """One step of plain training on the given labels of `index` int64 [B]; returns the mean loss."""
    loss = F.cross_entropy(run.model(run.images.augmented(index, run.generator)), run.given[index])
    run.descend(loss)
    return loss.detach()
