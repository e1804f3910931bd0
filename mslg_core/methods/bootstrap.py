"""Soft bootstrapping."""

from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from mslg_core.configs.methods import BootstrapConfig
from mslg_core.methods.base import LossMethod
from mslg_core.methods.metalearning.metagradient import entropy


class Bootstrap(LossMethod[BootstrapConfig]):
    """Mixes a little of the prediction f into the target y: L = -Σ_c (β y_c + (1 - β) f_c) log f_c.

    This is cross entropy that also rewards confident predictions.

    Source: Reed et al., "Training Deep Neural Networks on Noisy Labels with Bootstrapping", ICLR 2015
    workshop, arXiv 1412.6596, equation 6.
    """

    def losses(self, logits: Tensor, given: Tensor) -> Tensor:
        """L per sample [B]; the gradient also flows through the prediction in the target."""
        beta = self.config.beta
        return beta * F.cross_entropy(logits, given, reduction="none") + (1 - beta) * entropy(logits)
