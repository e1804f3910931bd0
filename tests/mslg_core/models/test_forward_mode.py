"""Tangents with recorded convolutions, compared with those without."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from mslg_core.methods.metalearning.metagradient import Params, logits_tangent, trainable
from mslg_core.models.forward_mode import Recording, Replay
from mslg_core.models.networks import Cnn8


class Biased(nn.Module):
    """Convolutions with bias, groups and an activation in place; the first may be frozen."""

    def __init__(self, *, frozen: bool, in_place: bool) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, padding=1).requires_grad_(not frozen)
        self.second = nn.Conv2d(4, 4, 3, groups=2, stride=2)
        self.second.weight.requires_grad_(not frozen)
        self.activation = nn.ReLU(inplace=in_place)

    def forward(self, images: Tensor) -> Tensor:
        output: Tensor = self.second(self.activation(self.first(images)))
        return output.tanh().mean(dim=(2, 3))


NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "cnn8": lambda: Cnn8(4, 8),
    "biased": lambda: Biased(frozen=False, in_place=False),
    "frozen": lambda: Biased(frozen=True, in_place=False),
    "in place": lambda: Biased(frozen=False, in_place=True),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_replayed_tangents_equal_computed_ones(name: str) -> None:
    torch.manual_seed(0)
    model = NETWORKS[name]().double()
    images = torch.randn(6, 3, 8, 8, dtype=torch.float64)
    direction: Params = {name: torch.randn_like(p) for name, p in trainable(model).items()}
    expected = logits_tangent(model, images, direction)
    with Recording() as recording:
        logits = model(images)
    with Replay(recording):
        got = logits_tangent(model, images, direction)
    assert expected.norm() > 1e-3
    torch.testing.assert_close(got, expected, rtol=1e-11, atol=1e-11)
    logits.sum().backward()  # the graph is still usable


def test_convolutions_are_not_computed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    model, images = Cnn8(4, 8), torch.randn(6, 3, 8, 8)
    with Recording() as recording:
        model(images)
    assert len(recording.outputs) == 6
    recording.outputs = [(torch.zeros_like(output), 0) for output, _ in recording.outputs]
    with torch.no_grad(), Replay(recording):
        output = F.conv2d(images, model[0].weight, padding=1)  # type: ignore[arg-type]
    assert not output.any()
