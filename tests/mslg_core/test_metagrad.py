"""The exact meta-gradient, held against double backward in float64 on the paper's network with batch norm."""

import pytest
import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F  # noqa: N812

from mslg_core.labels import SoftLabels, scaled_move
from mslg_core.metagrad import MetaBatch, NoisyBatch, entropy, kl_to_labels, meta_gradient
from mslg_core.models import Cnn8

ALPHA = 0.5


def double_backward(model: nn.Module, images: Tensor, labels: Tensor, meta: MetaBatch) -> Tensor:
    """∂ CE(θ̂) / ∂ y by a graph of a graph."""
    labels = labels.clone().requires_grad_()
    params: dict[str, Tensor] = dict(model.named_parameters())
    buffers = {name: b.clone() for name, b in model.named_buffers()}
    loss = kl_to_labels(functional_call(model, (params, buffers), (images,)), labels).mean()
    gradients = torch.autograd.grad(loss, list(params.values()), create_graph=True)
    ahead = {n: p - ALPHA * g for (n, p), g in zip(params.items(), gradients, strict=True)}
    buffers = {name: b.clone() for name, b in model.named_buffers()}
    meta_loss = F.cross_entropy(functional_call(model, (ahead, buffers), (meta.images,)), meta.labels)
    return torch.autograd.grad(meta_loss, labels)[0]


def make_case(seed: int) -> tuple[nn.Module, Tensor, Tensor, MetaBatch]:
    """Network, images, label logits and meta batch in float64."""
    torch.manual_seed(seed)
    model = Cnn8(4, 8).double()
    images = torch.randn(12, 3, 8, 8, dtype=torch.float64)
    labels = torch.randn(12, 4, dtype=torch.float64) * 3
    meta = MetaBatch(torch.randn(6, 3, 8, 8, dtype=torch.float64), torch.randint(0, 4, (6,)))
    return model, images, labels, meta


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("seed", [0, 1])
def test_equals_double_backward(seed: int, training: bool) -> None:
    model, images, labels, meta = make_case(seed)
    model.train(training)
    expected = double_backward(model, images, labels, meta)
    got = meta_gradient(model, NoisyBatch(images, model(images), labels), meta, ALPHA)
    assert expected.norm() > 1e-6
    assert (got.labels - expected).norm() / expected.norm() < 1e-10


def test_leaves_weights_buffers_and_graph_usable() -> None:
    model, images, labels, meta = make_case(0)
    logits = model(images)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    meta_gradient(model, NoisyBatch(images, logits, labels), meta, ALPHA)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(p.grad is None for p in model.parameters())
    kl_to_labels(logits, labels).mean().backward()  # type: ignore[no-untyped-call]
    assert next(model.parameters()).grad is not None


def test_a_step_on_the_labels_lowers_the_loss_of_verified_samples() -> None:
    model, images, labels, meta = make_case(3)
    noisy = NoisyBatch(images, model(images), labels)
    first = meta_gradient(model, noisy, meta, ALPHA)
    moved = labels + scaled_move(first.labels, 0.5)
    second = meta_gradient(model, noisy._replace(label_logits=moved), meta, ALPHA)
    assert second.loss < first.loss


def test_losses_are_the_papers() -> None:
    logits, labels = torch.randn(5, 3, dtype=torch.float64), torch.randn(5, 3, dtype=torch.float64)
    f, y = logits.softmax(1), labels.softmax(1)
    assert torch.allclose(kl_to_labels(logits, labels), (f * (f / y).log()).sum(1))
    assert torch.allclose(entropy(logits), -(f * f.log()).sum(1))


def test_soft_labels_move_only_where_told_and_stay_bounded() -> None:
    labels = SoftLabels(torch.tensor([0, 1, 2]), 3, 10.0)
    assert labels.probabilities()[0, 0] > 0.999
    labels.move(torch.tensor([2]), torch.tensor([[1000.0, 0.0, -1000.0]]))
    assert torch.equal(labels.logits[:2], torch.eye(3)[:2] * 10)
    assert labels.num_changed(torch.arange(3)) == 1
    assert torch.isfinite(labels.probabilities()).all()


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e9])
def test_scaled_moves_are_as_large_as_asked_whatever_the_gradient(scale: float) -> None:
    move = scaled_move(torch.randn(8, 4, generator=torch.Generator().manual_seed(0)) * scale, 0.7)
    assert move.abs().amax(1).mean() == pytest.approx(0.7, rel=1e-5)
    assert torch.equal(scaled_move(torch.zeros(2, 3), 1.0), torch.zeros(2, 3))
