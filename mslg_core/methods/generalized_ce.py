"""Generalised cross entropy."""

from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from mslg_core.configs.methods import GeneralizedCrossEntropyConfig
from mslg_core.methods.base import LossMethod


class GeneralizedCrossEntropy(LossMethod[GeneralizedCrossEntropyConfig]):
    """A loss between cross entropy (q → 0) and mean absolute error (q = 1): L_q = (1 - f_y^q) / q.

    Its gradient is that of cross entropy times f_y^q, so labels with a low predicted probability count less.

    Source: Zhang and Sabuncu, "Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy
    Labels", NeurIPS 2018, arXiv 1805.07836, equation 6, without truncation.
    """

    def losses(self, logits: Tensor, given: Tensor) -> Tensor:
        """L_q per sample [B]."""
        return (1 - (-self.config.q * F.cross_entropy(logits, given, reduction="none")).exp()) / self.config.q
