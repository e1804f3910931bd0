"""Symmetric cross entropy."""

from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from mslg_core.configs.methods import SymmetricCrossEntropyConfig
from mslg_core.methods.base import LossMethod

# A of the paper: what log 0 of the one-hot label counts as.
LOG_ZERO = -6.0


class SymmetricCrossEntropy(LossMethod[SymmetricCrossEntropyConfig]):
    """Cross entropy with its reverse, in which prediction f and label y change places: L = α CE(y, f) +
    β CE(f, y).

    With log 0 = A the reverse is -A (1 - f_y): mean absolute error, which tolerates symmetric noise.

    Source: Wang et al., "Symmetric Cross Entropy for Robust Learning with Noisy Labels", ICCV 2019,
    arXiv 1908.06112, equations 5 to 7.
    """

    def losses(self, logits: Tensor, given: Tensor) -> Tensor:
        """L per sample [B]."""
        forward = F.cross_entropy(logits, given, reduction="none")
        reverse = -LOG_ZERO * (1 - (-forward).exp())
        return self.config.alpha * forward + self.config.beta * reverse
