"""Plain training on the given labels."""

from typing import ClassVar

from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from mslg_core.configs.methods import CrossEntropyConfig
from mslg_core.methods.base import BaseMethod, cross_entropy_step
from mslg_core.reports import Phase


class CrossEntropy(BaseMethod[CrossEntropyConfig]):
    """The baseline: it trusts every given label; only the network's predictions may differ."""

    phase: ClassVar[Phase] = "train"

    def step(self, index: Tensor) -> Tensor:
        """One step of cross entropy."""
        return cross_entropy_step(self.run, index)

    def soft_labels(self) -> Tensor:
        """The given labels, one-hot."""
        return F.one_hot(self.run.given, self.run.num_classes).float()

    def peaks(self) -> Tensor:
        """The given labels."""
        return self.run.given
