"""Mixed precision on the CPU, compared with float64."""

import copy

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from mslg_core.configs.base import MetaGradient
from mslg_core.methods.metalearning.lookahead import LOOKAHEADS
from mslg_core.methods.metalearning.metagradient import MetaBatch, kl_to_labels, label_gradient
from mslg_core.models.networks import Cnn8
from mslg_core.models.precision import MixedPrecision, prepare

ALPHA = 0.01


def make_images() -> tuple[Tensor, Tensor]:
    """64 images [64, 3, 8, 8] of four separable classes, and their classes."""
    torch.manual_seed(0)
    classes = torch.arange(64) % 4
    return torch.randn(64, 3, 8, 8) + torch.randn(4, 3, 8, 8)[classes], classes


def warm_up(model: nn.Module, images: Tensor, classes: Tensor) -> None:
    """Train some steps: an untrained network's meta-gradient is mostly noise."""
    optimizer = torch.optim.SGD(model.parameters(), 0.01, 0.9)
    for _ in range(40):
        optimizer.zero_grad()
        F.cross_entropy(model(images), classes).backward()  # type: ignore[no-untyped-call]
        optimizer.step()


def gradients(model: nn.Module, mode: MetaGradient, images: Tensor, classes: Tensor) -> tuple[Tensor, Tensor]:
    """Gradients of the labels [B, C], and of the weights in plain training, flattened."""
    wrong = F.one_hot((classes + (torch.arange(64) % 5 == 0)) % 4) * 5.0
    lookahead = LOOKAHEADS[mode](model)
    noisy = lookahead.forward(images)
    losses = kl_to_labels(noisy.logits, wrong.to(noisy.logits.dtype))
    weights = torch.autograd.grad(losses.mean(), list(model.parameters()), retain_graph=True)
    tangent = lookahead.tangent(noisy, losses, MetaBatch(images.roll(1, 3), classes), ALPHA)
    labels = label_gradient(noisy.logits, tangent.logits, ALPHA)
    return labels, torch.cat([gradient.flatten() for gradient in weights])


def error(got: Tensor, expected: Tensor) -> float:
    return float((got - expected).norm() / expected.norm())


@pytest.mark.parametrize("mode", MetaGradient)
def test_label_gradients_are_as_precise_as_training_gradients(mode: MetaGradient) -> None:
    images, classes = make_images()
    model = Cnn8(4, 8)
    warm_up(model, images, classes)
    labels, weights = gradients(copy.deepcopy(model).double(), mode, images.double(), classes)
    mixed_labels, mixed_weights = gradients(MixedPrecision(model), mode, images, classes)
    assert mixed_labels.dtype == torch.float32
    assert 1e-3 < error(mixed_weights, weights) < 0.2  # 0.10 when this was written: it is bfloat16
    assert error(mixed_labels, labels) < 0.2  # 0.08


def test_weights_stay_in_float32() -> None:
    images, _ = make_images()
    model = MixedPrecision(Cnn8(4, 8))
    logits = model(images[:4])
    logits.sum().backward()
    assert logits.dtype == torch.float32
    assert {(p.dtype, p.grad.dtype) for p in model.parameters() if p.grad is not None} == {
        (torch.float32, torch.float32)
    }


def test_the_cpu_computes_in_float32_and_channels_last() -> None:
    network = prepare(Cnn8(4, 8), torch.device("cpu"))
    assert isinstance(network, Cnn8)
    assert next(network.parameters()).is_contiguous(memory_format=torch.channels_last)


def test_the_state_fits_the_network_in_full_precision_and_that_of_earlier_versions() -> None:
    network, mixed = Cnn8(4, 8), MixedPrecision(Cnn8(4, 8))
    network.load_state_dict(mixed.state_dict())
    earlier = {f"network.{name}": torch.full_like(value, 2) for name, value in network.state_dict().items()}
    mixed.load_state_dict(earlier)
    assert all((value == 2).all() for value in mixed.state_dict().values())
