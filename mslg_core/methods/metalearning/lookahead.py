"""Two lookaheads: of the whole network, or of its last layer only.

The last layer alone already measures which verified images are similar to a noisy one. Let h [B, D] be its
inputs for the noisy images, and h_m and r_m = f_m - onehot(y_m) the inputs and residuals of the M verified
images at the lookahead weights. Then v = Σ_m r_m [h_m, 1]ᵀ / M and u_j = v [h_j, 1]. This is the exact
tangent of a lookahead in which only the last layer steps. It needs neither forward mode nor a backward pass
through the network.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from mslg_core.configs.base import MetaGradient
from mslg_core.methods.metalearning.metagradient import (
    MetaBatch,
    Params,
    Tangent,
    call,
    logits_tangent,
    trainable,
    verified_direction,
)
from mslg_core.models.forward_mode import Recording, Replay
from mslg_core.models.networks import last_linear


class NoisyPass(NamedTuple):
    """The training pass on noisy images.

    images [B, …]; logits [B, C] with their graph; features [B, D], the inputs of the last layer, or
    recording, the outputs of the convolutions: each lookahead keeps one of them.
    """

    images: Tensor
    logits: Tensor
    features: Tensor | None = None
    recording: Recording | None = None


class Lookahead(Protocol):
    """A lookahead for a given network."""

    def forward(self, images: Tensor) -> NoisyPass:
        """The training pass on noisy images [B, …]."""

    def tangent(self, noisy: NoisyPass, losses: Tensor, meta: MetaBatch, alpha: float) -> Tangent:
        """The change of the logits along the meta-gradient's direction v, see `metagradient`.

        The lookahead steps along the mean of `losses` [B] with step size `alpha`. Weights and buffers are
        unchanged, and the losses' graph is retained.
        """


class ExactLookahead:
    """The whole network steps."""

    def __init__(self, model: nn.Module) -> None:
        self._model = model

    def forward(self, images: Tensor) -> NoisyPass:
        """The training pass; the outputs of the convolutions are recorded."""
        with Recording() as recording:
            logits = self._model(images)
        return NoisyPass(images, logits, recording=recording)

    def tangent(self, noisy: NoisyPass, losses: Tensor, meta: MetaBatch, alpha: float) -> Tangent:
        """One backward pass on the noisy images, one on the meta batch, and one pass in forward mode."""
        if noisy.recording is None:
            raise ValueError("the pass was not recorded: another lookahead made it")
        direction, loss = verified_direction(self._model, losses, meta, alpha)
        with Replay(noisy.recording):
            return Tangent(logits_tangent(self._model, noisy.images, direction), loss)


class LastLayerLookahead:
    """Only the last `nn.Linear` steps; its output must be the logits."""

    def __init__(self, model: nn.Module) -> None:
        self._model, self._head = model, last_linear(model)

    def forward(self, images: Tensor) -> NoisyPass:
        """The training pass; the features are kept."""
        with inputs_of(self._head) as features:
            logits = self._model(images)
        return NoisyPass(images, logits, features[-1])

    def tangent(self, noisy: NoisyPass, losses: Tensor, meta: MetaBatch, alpha: float) -> Tangent:
        """One forward pass on the meta batch."""
        if noisy.features is None:
            raise ValueError("the pass has no features: another lookahead made it")
        features = with_one(noisy.features)  # [B, D + 1]
        (slopes,) = torch.autograd.grad(losses.mean(), noisy.logits, retain_graph=True)  # [B, C]
        ahead = self._weights(features) - alpha * slopes.to(features.dtype).T @ features  # [C, D + 1]
        meta_features = with_one(self._meta_features(meta.images))  # [M, D + 1]
        logits = meta_features @ ahead.T
        residuals = logits.softmax(dim=1) - F.one_hot(meta.labels, logits.shape[1])
        direction = residuals.T @ meta_features / len(meta.labels)  # v, [C, D + 1]
        return Tangent(features @ direction.T, F.cross_entropy(logits, meta.labels))

    def _weights(self, like: Tensor) -> Tensor:
        """Weights and biases of the last layer, [C, D + 1]."""
        weight = self._head.weight.detach().to(like.dtype)
        bias = weight.new_zeros(len(weight)) if self._head.bias is None else self._head.bias.detach()
        return torch.cat([weight, bias.to(like.dtype).unsqueeze(1)], dim=1)

    @torch.no_grad()
    def _meta_features(self, images: Tensor) -> Tensor:
        weights: Params = {name: p.detach() for name, p in trainable(self._model).items()}
        with inputs_of(self._head) as features:
            call(self._model, weights, images)
        return features[-1]


LOOKAHEADS: dict[MetaGradient, Callable[[nn.Module], Lookahead]] = {
    MetaGradient.EXACT: ExactLookahead,
    MetaGradient.LAST_LAYER: LastLayerLookahead,
}


@contextmanager
def inputs_of(layer: nn.Module) -> Iterator[list[Tensor]]:
    """Collect the inputs of `layer` inside the block, detached."""
    inputs: list[Tensor] = []
    handle = layer.register_forward_pre_hook(lambda _, args: inputs.append(args[0].detach()))
    try:
        yield inputs
    finally:
        handle.remove()


def with_one(features: Tensor) -> Tensor:
    """Features [B, D] with a constant 1 for the bias, [B, D + 1], in float32 or float64."""
    wide = features if features.dtype == torch.float64 else features.float()
    return torch.cat([wide, wide.new_ones(len(wide), 1)], dim=1)
