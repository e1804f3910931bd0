"""Symmetric cross entropy."""

from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from mslg_core.configs.methods import SymmetricCrossEntropyConfig
from mslg_core.methods.base import LossMethod


class SymmetricCrossEntropy(LossMethod[SymmetricCrossEntropyConfig]):
    """Adds reverse cross entropy, with prediction f and label y swapped: L = α CE(y, f) + β CE(f, y).

    With log 0 = A the reverse is -A (1 - f_y): mean absolute error, which is robust to symmetric noise.

    Source: Wang et al., "Symmetric Cross Entropy for Robust Learning with Noisy Labels", ICCV 2019,
    arXiv 1908.06112, equations 5 to 7.
    """

    def losses(self, logits: Tensor, given: Tensor) -> Tensor:
        """L per sample [B]."""
        forward = F.cross_entropy(logits, given, reduction="none")
        reverse = -self.config.log_zero * (1 - (-forward).exp())
        return self.config.alpha * forward + self.config.beta * reverse
