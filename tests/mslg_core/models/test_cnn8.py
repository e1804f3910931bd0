"""The paper's network, and local weights for it."""

from pathlib import Path

import pytest
import torch

from mslg_core.configs.base import Network
from mslg_core.errors import WeightsError
from mslg_core.models.networks import build_network


def test_networks_have_the_papers_architecture_and_load_local_weights(tmp_path: Path) -> None:
    model = build_network(Network.CNN8, 10, 32)
    assert sum(isinstance(m, torch.nn.Conv2d) for m in model.modules()) == 6
    assert sum(isinstance(m, torch.nn.Linear) for m in model.modules()) == 2
    path = tmp_path / "w.pt"
    torch.save(model.state_dict(), path)
    other = build_network(Network.CNN8, 4, 32, weights_file=path)
    ours, theirs = list(other.parameters()), list(model.parameters())
    assert all(torch.equal(a, b) for a, b in zip(ours[:-2], theirs[:-2], strict=True))
    assert ours[-1].shape == (4,)
    for network, side in ((Network.RESNET18, 32), (Network.CNN8, 64)):
        with pytest.raises(WeightsError):
            build_network(network, 10, side, weights_file=path)
    assert build_network(Network.RESNET18, 4, 32)(torch.zeros(2, 3, 32, 32)).shape == (2, 4)


def test_the_narrow_network_has_a_quarter_of_every_hidden_width() -> None:
    wide, narrow = (build_network(network, 10, 32) for network in (Network.CNN8, Network.CNN8_NARROW))
    for ours, theirs in zip(narrow.parameters(), wide.parameters(), strict=True):
        assert len(ours) == (10 if len(theirs) == 10 else len(theirs) // 4)
    assert narrow(torch.zeros(2, 3, 32, 32)).shape == (2, 10)
