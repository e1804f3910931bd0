"""Meta-Weight-Net."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812
from torch.nn.utils import skip_init

from mslg_core.configs.methods import MetaWeightNetConfig
from mslg_core.methods.base import LossMethod, Run
from mslg_core.methods.metalearning.lookahead import LOOKAHEADS
from mslg_core.methods.metalearning.metagradient import weight_gradient

# Weight decay of V, as in the code of Shu et al.
WEIGHT_DECAY = 1e-4


class MetaWeightNet(LossMethod[MetaWeightNetConfig]):
    """A small network V learns on verified samples how to weight a sample by its loss.

    w_j = V(ℓ_j), and the network trains on mean_j w_j ℓ_j. V has one hidden layer with ReLU and a sigmoid
    output. Its gradient is that of the verified samples' loss after a step on the weighted losses; the
    meta-gradient gives it for each w_j.

    Source: Shu et al., "Meta-Weight-Net: Learning an Explicit Mapping For Sample Weighting", NeurIPS 2019,
    arXiv 1902.07379, equations 3 to 5.
    """

    phase = "meta"

    def __init__(self, run: Run, config: MetaWeightNetConfig) -> None:
        super().__init__(run, config)
        self._lookahead = LOOKAHEADS[config.meta_gradient](run.model)
        self.weighting = make_weighting(config.hidden, run.generator)
        self._optimizer = torch.optim.Adam(
            self.weighting.parameters(),
            config.weight_rate,
            weight_decay=WEIGHT_DECAY,
            capturable=run.given.is_cuda,
        )

    def losses(self, logits: Tensor, given: Tensor) -> Tensor:
        """ℓ [B]: cross entropy per sample."""
        return F.cross_entropy(logits, given, reduction="none")

    def step(self, index: Tensor) -> Tensor:
        """Lookahead with the current V, a step of V, a step of the network with the new V."""
        run, alpha = self.run, self.config.alpha or self.run.current_rate
        noisy = self._lookahead.forward(run.images.augmented(index, run.generator))
        losses = self.losses(noisy.logits, run.given[index])
        weights = self.weigh(losses)
        meta = run.draw_meta_batch(self.config.meta_batch_size, augment=self.config.augment_meta)
        tangent = self._lookahead.tangent(noisy, weights.detach() * losses, meta, alpha)
        self._learn(weights, weight_gradient(noisy.logits, losses, tangent.logits, alpha))
        loss = (self.weigh(losses).detach() * losses).mean()
        run.optimizer_step(loss)
        self.predictions[index] = noisy.logits.detach().float().softmax(dim=1)
        return loss.detach()

    def weigh(self, losses: Tensor) -> Tensor:
        """Weights w = V(ℓ) [B]. Gradients reach V but not the losses."""
        weights: Tensor = self.weighting(losses.detach().float().unsqueeze(1)).squeeze(1)
        return weights

    def state_dict(self) -> dict[str, Any]:
        """The latest predictions, V and its optimizer."""
        return {
            **super().state_dict(),
            "weighting": self.weighting.state_dict(),
            "optimizer": self._optimizer.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the latest predictions, V and its optimizer."""
        super().load_state_dict(state)
        self.weighting.load_state_dict(state["weighting"])
        self._optimizer.load_state_dict(state["optimizer"])

    def _learn(self, weights: Tensor, gradient: Tensor) -> None:
        """A step of V along the gradient [B] with respect to its outputs, the weights [B]."""
        self._optimizer.zero_grad(set_to_none=True)
        weights.backward(gradient)  # type: ignore[no-untyped-call]
        self._optimizer.step()


def make_weighting(hidden: int, generator: torch.Generator) -> nn.Module:
    """V: loss [B, 1] to weight [B, 1], with PyTorch's default initialisation drawn from `generator`."""
    device = generator.device
    first: nn.Linear = skip_init(nn.Linear, 1, hidden, device=device)  # type: ignore[no-untyped-call]
    second: nn.Linear = skip_init(nn.Linear, hidden, 1, device=device)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        for layer in (first, second):
            bound = layer.in_features**-0.5
            for parameter in layer.parameters():
                parameter.uniform_(-bound, bound, generator=generator)
    return nn.Sequential(first, nn.ReLU(), second, nn.Sigmoid())
