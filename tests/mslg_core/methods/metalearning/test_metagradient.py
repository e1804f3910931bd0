"""Side effects and use of the lookahead; methods/test_gradients.py tests its gradients."""

import copy

import pytest
import torch
from torch import Tensor, nn

from mslg_core.methods.metalearning.lookahead import ExactLookahead
from mslg_core.methods.metalearning.metagradient import (
    MetaBatch,
    Tangent,
    entropy,
    gradient_through_step,
    kl_to_labels,
    label_gradient,
    trainable,
)
from mslg_core.methods.soft_labels import SoftLabels, scaled_move
from mslg_core.models.class_table import to_dense
from mslg_core.models.networks import Cnn8
from mslg_core.models.precision import MixedPrecision

ALPHA = 0.5


def make_case(seed: int) -> tuple[nn.Module, Tensor, Tensor, MetaBatch]:
    """Network, images, label logits and meta batch in float64."""
    torch.manual_seed(seed)
    model = Cnn8(4, 8).double()
    images = torch.randn(12, 3, 8, 8, dtype=torch.float64)
    labels = torch.randn(12, 4, dtype=torch.float64) * 3
    meta = MetaBatch(torch.randn(6, 3, 8, 8, dtype=torch.float64), torch.randint(0, 4, (6,)))
    return model, images, labels, meta


def look_ahead(model: nn.Module, images: Tensor, labels: Tensor, meta: MetaBatch) -> tuple[Tensor, Tangent]:
    """Logits with their graph, and the tangent for a step on label logits `labels`."""
    lookahead = ExactLookahead(model)
    noisy = lookahead.forward(images)
    return noisy.logits, lookahead.tangent(noisy, kl_to_labels(noisy.logits, labels), meta, ALPHA)


def test_the_lookahead_does_not_change_weights_buffers_or_graph() -> None:
    model, images, labels, meta = make_case(0)
    twin = copy.deepcopy(model)
    twin(images)
    logits, _ = look_ahead(model, images, labels, meta)
    state = twin.state_dict()
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    assert all(p.grad is None for p in model.parameters())
    kl_to_labels(logits, labels).mean().backward()  # type: ignore[no-untyped-call]
    assert next(model.parameters()).grad is not None


def test_a_step_on_the_labels_lowers_the_loss_of_verified_samples() -> None:
    model, images, labels, meta = make_case(3)
    logits, tangent = look_ahead(model, images, labels, meta)
    moved = labels + scaled_move(label_gradient(logits, tangent.logits, ALPHA), 0.5)
    assert look_ahead(model, images, moved, meta)[1].loss < tangent.loss


def test_losses_equal_the_papers_formulas() -> None:
    logits, labels = torch.randn(5, 3, dtype=torch.float64), torch.randn(5, 3, dtype=torch.float64)
    f, y = logits.softmax(1), labels.softmax(1)
    assert torch.allclose(kl_to_labels(logits, labels), (f * (f / y).log()).sum(1))
    assert torch.allclose(entropy(logits), -(f * f.log()).sum(1))


def test_soft_labels_move_by_index_and_stay_bounded() -> None:
    labels = SoftLabels(torch.tensor([0, 1, 2]), 3, 10.0)
    assert labels.probabilities()[0, 0] > 0.999
    labels.move(torch.tensor([2]), torch.tensor([[1000.0, 0.0, -1000.0]]))
    assert torch.equal(to_dense(labels.logits)[:2], torch.eye(3)[:2] * 10)
    assert labels.num_changed(torch.arange(3)) == 1
    assert torch.isfinite(labels.probabilities()).all()


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e9])
def test_scaled_moves_have_the_requested_size_for_any_gradient(scale: float) -> None:
    move = scaled_move(torch.randn(8, 4, generator=torch.Generator().manual_seed(0)) * scale, 0.7)
    assert move.abs().amax(1).mean() == pytest.approx(0.7, rel=1e-5)
    assert torch.equal(scaled_move(torch.zeros(2, 3), 1.0), torch.zeros(2, 3))


def test_a_gradient_through_a_step_in_mixed_precision_is_that_in_float32() -> None:
    torch.manual_seed(0)
    network = Cnn8(3, 8, narrowing=4).train()
    images, labels = torch.randn(16, 3, 8, 8), torch.arange(16) % 3
    mixed = MixedPrecision(network)
    direction = {name: torch.randn_like(weight) for name, weight in trainable(mixed).items()}
    found = gradient_through_step(mixed, images, labels, direction, alpha=0.2)
    plain = {name.removeprefix("network."): d for name, d in direction.items()}
    expected = gradient_through_step(network, images, labels, plain, alpha=0.2)
    assert all(torch.equal(found[f"network.{name}"], gradient) for name, gradient in expected.items())
    assert mixed(images).isfinite().all()
    assert mixed.enabled
