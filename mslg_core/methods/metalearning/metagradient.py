"""The meta-gradient: the exact gradient through a lookahead step, without a second-order graph.

Notation: x [B, …] noisy images, z = z(x; θ) [B, C] the network's logits, θ weights, L_j = ℓ(z_j, s_j) a loss
per sample that contains a variable s_j to be learned (a soft label, a sample's weight), M(θ) the mean cross
entropy of verified images. Lookahead: θ̂ = θ - α ∇_θ mean_j L_j (paper, equation 5).

The meta-gradient ∂M(θ̂)/∂s measures how well each sample's step along its own loss agrees with v = ∇M(θ̂). Let
u = J v [B, C] be the change of the logits when the weights move along v. Then

    ∂M(θ̂)/∂s_j = -(α / B) ∂/∂s_j ⟨∂L_j/∂z_j, u_j⟩.

One forward-mode pass computes u; everything else is computed on tensors [B, C]. For the KL divergence of
equation 5 this means: a label moves to where the prediction would go if the network took one step on verified
data.
"""

import functools
import warnings
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, jvp
from torch.nn import functional as F  # noqa: N812

from mslg_core.models.precision import full_precision

Params = dict[str, Tensor]


class MetaBatch(NamedTuple):
    """Verified samples: images [M, …], labels int64 [M]."""

    images: Tensor
    labels: Tensor


class Tangent(NamedTuple):
    """logits: u = J v, [B, C]; loss: mean cross entropy of the meta batch at θ̂."""

    logits: Tensor
    loss: Tensor


def kl_to_labels(logits: Tensor, label_logits: Tensor) -> Tensor:
    """KL(f ‖ ŷ) per sample, [B]. Source: paper, equation 14."""
    log_f = F.log_softmax(logits, dim=1)
    return (log_f.exp() * (log_f - F.log_softmax(label_logits, dim=1))).sum(dim=1)


def entropy(logits: Tensor) -> Tensor:
    """Entropy of the predictions per sample, [B]. Source: paper, equation 16."""
    log_f = F.log_softmax(logits, dim=1)
    return -(log_f.exp() * log_f).sum(dim=1)


def label_gradient(logits: Tensor, tangent: Tensor, alpha: float) -> Tensor:
    """∂M(θ̂)/∂y [B, C] for L_j = KL(f_j ‖ softmax(y_j)): (α / B) · d/dε f(x_j; θ + ε v) at ε = 0.

    Args: logits [B, C]; tangent u [B, C].
    """
    f = logits.detach().softmax(dim=1)
    return f * (tangent - (f * tangent).sum(dim=1, keepdim=True)) * (alpha / len(f))


def weight_gradient(logits: Tensor, losses: Tensor, tangent: Tensor, alpha: float) -> Tensor:
    """∂M(θ̂)/∂w [B] for L_j = w_j ℓ_j: -(α / B) ⟨∂ℓ_j/∂z_j, u_j⟩.

    Args: logits [B, C]; losses ℓ [B], computed from the logits; tangent u [B, C]. The losses' graph is
    retained.
    """
    (slope,) = torch.autograd.grad(losses.sum(), logits, retain_graph=True)
    return (slope * tangent).sum(dim=1) * (-alpha / len(logits))


def verified_direction(
    model: nn.Module, losses: Tensor, meta: MetaBatch, alpha: float
) -> tuple[Params, Tensor]:
    """(v, M(θ̂)) after a step along the mean of `losses` [B], whose graph is retained."""
    ahead = step_ahead(trainable(model), losses.mean(), alpha)
    return meta_direction(model, ahead, meta)


def trainable(model: nn.Module) -> Params:
    """θ: the trainable weights by name."""
    return {name: p for name, p in model.named_parameters() if p.requires_grad}


def step_ahead(params: Params, loss: Tensor, alpha: float) -> Params:
    """θ̂ = θ - α ∇ loss, as leaves of a new graph. The graph of `loss` is retained."""
    gradients = torch.autograd.grad(loss, list(params.values()), retain_graph=True)
    return {
        name: (p.detach() - alpha * g).requires_grad_()
        for (name, p), g in zip(params.items(), gradients, strict=True)
    }


def meta_direction(model: nn.Module, ahead: Params, meta: MetaBatch) -> tuple[Params, Tensor]:
    """The direction v = ∇M(θ̂), and M(θ̂)."""
    loss = F.cross_entropy(call(model, ahead, meta.images), meta.labels)
    gradients = torch.autograd.grad(loss, list(ahead.values()))
    return dict(zip(ahead, gradients, strict=True)), loss.detach()


def logits_tangent(model: nn.Module, images: Tensor, direction: Params) -> Tensor:
    """The tangent u = d/dε z(x; θ + ε v) at ε = 0, [B, C], at the present weights of `model`."""
    weights = {name: p.detach() for name, p in trainable(model).items()}
    _prepare_forward_mode()
    with torch.no_grad():
        tangent: Tensor = jvp(lambda at: call(model, at, images), (weights,), (direction,))[1]
    return tangent


def gradient_through_step(
    model: nn.Module, images: Tensor, labels: Tensor, direction: Params, alpha: float
) -> Params:
    """∇_θ of a function of θ̂ = θ - α ∇_θ L with gradient v at θ̂: v - α H v, H the Hessian of L at θ.

    L is the mean cross entropy of `images` [B, …] with `labels` int64 [B]; `direction` is v. Forward mode
    over reverse mode: H is never formed and no second-order graph is kept.
    """
    weights = {name: p.detach() for name, p in trainable(model).items()}
    _prepare_forward_mode()
    gradient = grad(lambda at: F.cross_entropy(call(model, at, images), labels))
    with full_precision(model):
        change: Params = jvp(gradient, (weights,), (direction,))[1]
    return {name: v - alpha * change[name] for name, v in direction.items()}


def call(model: nn.Module, params: Params, images: Tensor) -> Tensor:
    """Logits [B, C] for the weights `params`.

    Buffers are copied, so only the training pass updates batch norm's statistics. Forward mode refuses the
    originals.
    """
    buffers = {name: buffer.clone() for name, buffer in model.named_buffers()}
    logits: Tensor = functional_call(model, (params, buffers), (images,))
    return logits


@functools.cache
def _prepare_forward_mode() -> None:
    """Use forward mode once: PyTorch scripts its formulas then, and warns that scripting is deprecated.

    The category of the warning depends on the version.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        one = torch.ones(1)
        jvp(torch.sin, (one,), (one,))
