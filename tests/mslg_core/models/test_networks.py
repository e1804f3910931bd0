"""Networks, their heads and their weights."""

from pathlib import Path
from urllib.error import URLError

import pytest
import torch
import torchvision
from torch import nn

from mslg_core.configs.base import SMALL_NETWORKS, Network, Weights
from mslg_core.errors import WeightsError
from mslg_core.methods.metalearning.metagradient import call, logits_tangent, trainable
from mslg_core.models.networks import build_head, build_network, last_linear, replace_head

CLASSES = 3
SIDE = 32
TORCHVISION = [n for n in Network if n not in {Network.AUTO, *SMALL_NETWORKS, Network.RESNET34}]


def tangent_by_backward_twice(
    model: nn.Module, images: torch.Tensor, direction: dict[str, torch.Tensor]
) -> torch.Tensor:
    """J v as the derivative, with respect to w, of ⟨Jᵀ w, v⟩."""
    params = {name: p.detach().requires_grad_() for name, p in trainable(model).items()}
    logits = call(model, params, images)
    w = torch.zeros_like(logits, requires_grad=True)
    back = torch.autograd.grad(logits, list(params.values()), w, create_graph=True)
    product = torch.stack([(g * v).sum() for g, v in zip(back, direction.values(), strict=True)]).sum()
    return torch.autograd.grad(product, w)[0]


@pytest.mark.parametrize("network", TORCHVISION)
def test_a_network_gets_a_new_head_and_an_exact_tangent(network: Network) -> None:
    torch.manual_seed(0)
    model = build_network(network, CLASSES, SIDE).double()
    assert last_linear(model).out_features == CLASSES
    images = torch.rand(3, 3, SIDE, SIDE, dtype=torch.float64)
    assert model(images).shape == (3, CLASSES)
    direction = {name: torch.randn_like(p) for name, p in trainable(model).items()}
    ours = logits_tangent(model, images, direction)
    torch.testing.assert_close(
        ours, tangent_by_backward_twice(model, images, direction), rtol=1e-6, atol=1e-9
    )
    assert torch.equal(call(model, trainable(model), images), call(model, trainable(model), images))


@pytest.mark.parametrize("network", [Network.RESNET18, Network.EFFICIENTNET_B0])
def test_local_weights_load_with_any_head_or_none(network: Network, tmp_path: Path) -> None:
    path = tmp_path / "w.pt"
    theirs = torchvision.models.get_model(network.value, num_classes=7)
    torch.save(theirs.state_dict(), path)
    ours = build_network(network, CLASSES, SIDE, weights_file=path)
    for model in (ours, theirs):
        replace_head(model, nn.Identity())
    assert all(torch.equal(a, b) for a, b in zip(ours.parameters(), theirs.parameters(), strict=True))
    torch.save(theirs.state_dict(), path)
    build_network(network, CLASSES, SIDE, weights_file=path)


def test_a_failed_download_suggests_a_weights_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise URLError("no network")

    monkeypatch.setattr(torchvision.models, "get_model", fail)
    with pytest.raises(WeightsError, match="weights_file"):
        build_network(Network.RESNET18, CLASSES, SIDE, Weights.IMAGENET)


def test_a_head_maps_features_to_logits() -> None:
    head = build_head(5, CLASSES)
    assert head(torch.randn(4, 5)).shape == (4, CLASSES)
    assert last_linear(head).out_features == CLASSES
