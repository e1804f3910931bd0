"""The lookahead step and its exact gradient with respect to the labels, without a graph of a graph.

Notation: x [B, …] noisy images, y [B, C] their label logits, ŷ = softmax(y), f = softmax of the network's
logits, θ weights, x_m, y_m verified images and classes. Lookahead (paper, equation 5): θ̂ = θ - α ∇_θ
mean_j KL(f_j ‖ ŷ_j).

Since ∂ KL(f ‖ softmax(y)) / ∂y = ŷ - f, the gradient of equation 6 is a directional derivative of the
predictions,

    ∂ CE(f(x_m; θ̂), y_m) / ∂y_j = (α / B) · d/dε f(x_j; θ + ε v) at ε = 0, with v = ∇_θ CE(f(x_m; θ̂), y_m),

one forward-mode pass. In words: a label moves to where the prediction would go if the network took one step
on verified data.
"""

import functools
import warnings
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.func import functional_call, jvp
from torch.nn import functional as F  # noqa: N812

Params = dict[str, Tensor]


class NoisyBatch(NamedTuple):
    """images [B, …]; logits [B, C], the network's output for them with its graph; label_logits y [B, C]."""

    images: Tensor
    logits: Tensor
    label_logits: Tensor


class MetaBatch(NamedTuple):
    """Verified samples: images [M, …], labels int64 [M]."""

    images: Tensor
    labels: Tensor


class MetaGradient(NamedTuple):
    """`labels`: ∂ meta loss / ∂ label logits, [B, C]; `loss`: mean cross entropy of the meta batch at θ̂."""

    labels: Tensor
    loss: Tensor


def kl_to_labels(logits: Tensor, label_logits: Tensor) -> Tensor:
    """KL(f ‖ ŷ) per sample, [B]. Source: paper, equation 14."""
    log_f = F.log_softmax(logits, dim=1)
    return (log_f.exp() * (log_f - F.log_softmax(label_logits, dim=1))).sum(dim=1)


def entropy(logits: Tensor) -> Tensor:
    """Entropy of the predictions per sample, [B]. Source: paper, equation 16."""
    log_f = F.log_softmax(logits, dim=1)
    return -(log_f.exp() * log_f).sum(dim=1)


def meta_gradient(model: nn.Module, noisy: NoisyBatch, meta: MetaBatch, alpha: float) -> MetaGradient:
    """The exact gradient of equation 6 for the weights that `model` has now; weights and buffers stay.

    The graph of `noisy.logits` is retained for the training step. alpha: α of the lookahead.
    """
    params: Params = {name: p for name, p in model.named_parameters() if p.requires_grad}
    lookahead = _lookahead(params, noisy, alpha)
    direction, loss = _meta_direction(model, lookahead, meta)
    weights = {name: p.detach() for name, p in params.items()}

    def predict(at: Params) -> Tensor:
        logits: Tensor = functional_call(model, (at, _cloned_buffers(model)), (noisy.images,))
        return logits.softmax(dim=1)

    _prepare_forward_mode()
    with torch.no_grad():
        change: Tensor = jvp(predict, (weights,), (direction,))[1]
    return MetaGradient(change * (alpha / len(noisy.images)), loss)


@functools.cache
def _prepare_forward_mode() -> None:
    """PyTorch scripts its formulas on the first use of forward mode, and warns itself that scripting is
    deprecated.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        one = torch.ones(1)
        jvp(torch.sin, (one,), (one,))


def _lookahead(params: Params, noisy: NoisyBatch, alpha: float) -> Params:
    """θ̂ of equation 5."""
    loss = kl_to_labels(noisy.logits, noisy.label_logits.detach()).mean()
    gradients = torch.autograd.grad(loss, list(params.values()), retain_graph=True)
    return {
        name: (p.detach() - alpha * g).requires_grad_()
        for (name, p), g in zip(params.items(), gradients, strict=True)
    }


def _meta_direction(model: nn.Module, lookahead: Params, meta: MetaBatch) -> tuple[Params, Tensor]:
    """∇ CE on the meta batch at θ̂, and that loss."""
    logits = functional_call(model, (lookahead, _cloned_buffers(model)), (meta.images,))
    loss = F.cross_entropy(logits, meta.labels)
    gradients = torch.autograd.grad(loss, list(lookahead.values()))
    return dict(zip(lookahead, gradients, strict=True)), loss.detach()


def _cloned_buffers(model: nn.Module) -> Params:
    """Copies, so that only the training pass moves batch norm's statistics; forward mode refuses the
    originals.
    """
    return {name: buffer.clone() for name, buffer in model.named_buffers()}
