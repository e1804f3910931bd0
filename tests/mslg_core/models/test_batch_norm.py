"""The fast tangent of batch norm, compared with PyTorch's."""

import pytest
import torch
from torch import Tensor, nn
from torch.autograd import forward_ad
from torch.func import functional_call, grad, jvp

from mslg_core.configs.base import Network
from mslg_core.methods.metalearning.metagradient import _prepare_forward_mode
from mslg_core.models.batch_norm import BatchNorm1d, BatchNorm2d
from mslg_core.models.networks import build_network

Params = dict[str, Tensor]
PAIRS = [
    (BatchNorm1d, nn.BatchNorm1d, (6, 5)),
    (BatchNorm1d, nn.BatchNorm1d, (6, 5, 3)),
    (BatchNorm2d, nn.BatchNorm2d, (6, 5, 4, 3)),
]


@pytest.fixture(autouse=True)
def _forward_mode() -> None:
    _prepare_forward_mode()


def make_pair(index: int, dtype: torch.dtype = torch.float64) -> tuple[nn.Module, nn.Module, Tensor]:
    """Our layer and PyTorch's with the same weights, and an input."""
    torch.manual_seed(index)
    ours_class, stock_class, shape = PAIRS[index]
    ours, stock = ours_class(5, dtype=dtype), stock_class(5, dtype=dtype)
    for parameter in stock.parameters():
        nn.init.normal_(parameter)
    ours.load_state_dict(stock.state_dict())
    return ours, stock, torch.randn(shape, dtype=dtype) * 3 + 1


def tangent(module: nn.Module, x: Tensor, *, only_input: bool = False) -> tuple[Tensor, Tensor]:
    """Value and tangent along one fixed direction of the input and, unless `only_input`, of the weights."""
    generator = torch.Generator().manual_seed(1)

    def draw(like: Tensor) -> Tensor:
        return torch.empty_like(like).copy_(torch.randn(like.shape, generator=generator))

    weights = {} if only_input else {name: p.detach() for name, p in module.named_parameters()}
    moves = {name: draw(p) for name, p in weights.items()}

    def call(weights: Params, x: Tensor) -> Tensor:
        buffers = {name: b.clone() for name, b in module.named_buffers()}
        output: Tensor = functional_call(module, (weights, buffers), (x,))
        return output

    with torch.no_grad():
        value, change, *_ = jvp(call, (weights, x), (moves, draw(x)))
    return value, change


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("only_input", [True, False])
@pytest.mark.parametrize("index", range(len(PAIRS)))
def test_value_and_tangent_equal_pytorchs(index: int, training: bool, only_input: bool) -> None:
    ours, stock, x = make_pair(index)
    for module in (ours, stock):
        module.train(training)
    for got, expected in zip(
        tangent(ours, x, only_input=only_input), tangent(stock, x, only_input=only_input), strict=True
    ):
        torch.testing.assert_close(got, expected, rtol=1e-11, atol=1e-11)


def test_channels_last_stays_channels_last() -> None:
    ours, stock, x = make_pair(2)
    x = x.contiguous(memory_format=torch.channels_last)
    for got, expected in zip(tangent(ours, x), tangent(stock, x), strict=True):
        assert got.is_contiguous(memory_format=torch.channels_last)
        torch.testing.assert_close(got, expected, rtol=1e-11, atol=1e-11)


def test_bfloat16_activations_with_float32_weights() -> None:
    ours, _, x = make_pair(2, torch.float32)
    _, expected = tangent(ours, x)
    value, got = tangent(ours, x.bfloat16())
    assert value.dtype == got.dtype == torch.bfloat16
    assert (got.float() - expected).norm() / expected.norm() < 0.05


def test_training_pass_and_state_equal_pytorchs() -> None:
    ours, stock, x = make_pair(2)
    assert torch.equal(ours(x), stock(x))
    for got, expected in zip(ours.state_dict().values(), stock.state_dict().values(), strict=True):
        assert torch.equal(got, expected)
    assert not torch.equal(ours.running_mean, torch.zeros(5))  # type: ignore[arg-type]


def test_a_tangent_does_not_change_running_statistics() -> None:
    ours, _, x = make_pair(2)
    before = {name: b.clone() for name, b in ours.named_buffers()}
    with torch.no_grad(), forward_ad.dual_level():
        dual = ours(forward_ad.make_dual(x, torch.ones_like(x)))  # type: ignore[no-untyped-call]
        assert forward_ad.unpack_dual(dual).tangent is not None  # type: ignore[no-untyped-call]
    assert all(torch.equal(b, before[name]) for name, b in ours.named_buffers())


def test_gradients_of_gradients_and_tangents_of_gradients() -> None:
    ours, _, x = make_pair(2)
    assert torch.autograd.gradgradcheck(ours, (x.requires_grad_(),))
    x = x.detach()
    weights = {name: p.detach() for name, p in ours.named_parameters()}
    moves = {name: torch.randn_like(p) for name, p in weights.items()}

    def loss(weights: Params) -> Tensor:
        buffers = {name: b.clone() for name, b in ours.named_buffers()}
        output: Tensor = functional_call(ours, (weights, buffers), (x,))
        return output.pow(3).sum()

    product = jvp(grad(loss), (weights,), (moves,))[1]
    leaves = {name: p.clone().requires_grad_() for name, p in weights.items()}
    first = torch.autograd.grad(loss(leaves), list(leaves.values()), create_graph=True)
    along = sum((g * m).sum() for g, m in zip(first, moves.values(), strict=True))
    expected = torch.autograd.grad(along, list(leaves.values()))  # type: ignore[arg-type]
    for got, wanted in zip(product.values(), expected, strict=True):
        torch.testing.assert_close(got, wanted)


@pytest.mark.parametrize("network", [Network.CNN8, Network.RESNET18])
def test_networks_use_the_fast_batch_norm(network: Network) -> None:
    norms = [
        m for m in build_network(network, 3, 32).modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)
    ]
    assert norms
    assert all(isinstance(norm, BatchNorm1d | BatchNorm2d) for norm in norms)
