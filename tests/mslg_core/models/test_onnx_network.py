"""Networks in ONNX Runtime compute what they compute in PyTorch, or are refused."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from mslg_core.features import timm_models
from mslg_core.features.timm_models import packaged_extractor
from mslg_core.models.onnx_network import OnnxNetwork, uses_onnx_runtime

CPU = torch.device("cpu")


class Applied(nn.Module):
    """A function as a network."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self._function = function

    def forward(self, images: Tensor) -> Tensor:
        return self._function(images)


@pytest.mark.parametrize("side", [160, 224, 75])
def test_the_packaged_networks_features_are_pytorchs(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    photos = np.random.default_rng(0).integers(0, 256, (18, side, side, 3), dtype=np.uint8)
    in_onnx_runtime = packaged_extractor(side, CPU)
    monkeypatch.setattr(timm_models, "uses_onnx_runtime", lambda _: False)
    in_pytorch = packaged_extractor(side, CPU)
    found, expected = in_onnx_runtime.extract(photos), in_pytorch.extract(photos)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
    assert in_onnx_runtime.identity == f"{in_pytorch.identity} onnxruntime"


def test_features_do_not_depend_on_the_batch_to_the_bit() -> None:
    photos = np.random.default_rng(0).integers(0, 256, (5, 64, 64, 3), dtype=np.uint8)
    extractor = packaged_extractor(64, CPU)
    one_by_one = np.concatenate([extractor.extract(photos[i : i + 1]) for i in range(5)])
    np.testing.assert_array_equal(extractor.extract(photos), one_by_one)


def test_it_runs_on_cpus_only() -> None:
    assert uses_onnx_runtime(CPU)
    assert not uses_onnx_runtime(torch.device("cuda"))


@pytest.mark.parametrize(
    "network",
    [
        nn.Sequential(nn.Conv2d(3, 4, 3), nn.Sigmoid()),
        nn.Conv2d(3, 4, 3, bias=False),
        nn.Conv2d(3, 4, 3, padding="same"),
        Applied(lambda images: images.mean(dim=1)),
        Applied(lambda images: images * 2),
    ],
)
def test_what_has_no_node_is_refused(network: nn.Module) -> None:
    with pytest.raises(NotImplementedError, match="cannot be written"):
        OnnxNetwork(network, 16)
