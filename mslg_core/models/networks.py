"""Networks: the paper's 8-layer CNN, torchvision's networks, and heads on extracted features."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
import torchvision
from torch import Tensor, nn

from mslg_core.configs.base import Network, Weights
from mslg_core.errors import WeightsError
from mslg_core.models.batch_norm import BatchNorm1d, BatchNorm2d

HIDDEN = 256
CNN8_CHANNELS = (64, 64, 128, 128, 196, 196)
CNN8_NARROWING = {Network.CNN8: 1, Network.CNN8_NARROW: 4}

# Arguments of torchvision's constructors. Dropout and stochastic depth are off: they draw from the global
# generator, which is not part of checkpoints, and would differ between the passes of a lookahead.
_NORM = {"norm_layer": BatchNorm2d}
_OPTIONS: Mapping[Network, Mapping[str, Any]] = {
    Network.RESNET18: _NORM,
    Network.RESNET34: _NORM,
    Network.RESNET50: _NORM,
    Network.EFFICIENTNET_B0: {**_NORM, "dropout": 0.0, "stochastic_depth_prob": 0.0},
    Network.CONVNEXT_TINY: {"stochastic_depth_prob": 0.0},
}


class Cnn8(nn.Sequential):
    """Six 3x3 convolutions in pairs of 64, 128 and 196 channels, then two fully connected layers.

    Every layer but the last has batch norm and ReLU; every pair ends in max-pooling. Source: paper, IV-B.

    Args: num_classes C; image_size, the side in pixels, a multiple of 8; narrowing, which divides the width
    of every hidden layer. Input [B, 3, side, side], output logits [B, C].
    """

    def __init__(self, num_classes: int, image_size: int, narrowing: int = 1) -> None:
        channels = [3, *(width // narrowing for width in CNN8_CHANNELS)]
        hidden = HIDDEN // narrowing
        layers: list[nn.Module] = []
        for index, (inputs, outputs) in enumerate(pairwise(channels)):
            layers += [
                nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
                BatchNorm2d(outputs),
                nn.ReLU(),
            ]
            if index % 2:
                layers.append(nn.MaxPool2d(2))
        side = image_size // 8
        super().__init__(
            *layers,
            nn.Flatten(),
            nn.Linear(channels[-1] * side * side, hidden, bias=False),
            BatchNorm1d(hidden),
            nn.ReLU(),
            nn.Linear(hidden, num_classes),
        )


def build_network(
    network: Network,
    num_classes: int,
    image_size: int,
    weights: Weights = Weights.RANDOM,
    weights_file: Path | None = None,
) -> nn.Module:
    """The network, initialised from the global generator unless weights are given.

    torchvision's networks are not adapted to small images: below about 64 pixels, `cnn8` is the better
    choice. Raises `WeightsError`.
    """
    model = _construct(network, num_classes, image_size, None if weights_file else weights)
    if weights_file:
        _load_weights(model, weights_file)
    head = last_linear(model)
    if head.out_features != num_classes:
        replace_head(model, nn.Linear(head.in_features, num_classes))
    return model


def build_head(num_features: int, num_classes: int) -> nn.Module:
    """A network with one hidden layer. Input: features [B, num_features]; output: logits [B, C]."""
    return nn.Sequential(
        nn.Linear(num_features, HIDDEN, bias=False),
        BatchNorm1d(HIDDEN),
        nn.ReLU(),
        nn.Linear(HIDDEN, num_classes),
    )


def last_linear(model: nn.Module) -> nn.Linear:
    """The last fully connected layer in module order, whose outputs are the logits."""
    head: nn.Linear = model.get_submodule(_head_name(model))  # type: ignore[assignment]
    return head


def replace_head(model: nn.Module, head: nn.Module) -> None:
    """Replace `last_linear(model)` by `head`."""
    parent, _, name = _head_name(model).rpartition(".")
    setattr(model.get_submodule(parent), name, head)


def _head_name(model: nn.Module) -> str:
    names: list[str] = [name for name, module in model.named_modules() if isinstance(module, nn.Linear)]
    return names[-1]


def _construct(network: Network, num_classes: int, image_size: int, weights: Weights | None) -> nn.Module:
    if network in CNN8_NARROWING:
        return Cnn8(num_classes, image_size, CNN8_NARROWING[network])
    name = "DEFAULT" if weights is Weights.IMAGENET else None
    try:
        model: nn.Module = torchvision.models.get_model(network.value, weights=name, **_OPTIONS[network])
    except OSError as error:  # urllib's errors are of this kind
        raise WeightsError(
            f"The weights of {network.value} cannot be downloaded: {error}. Download them elsewhere and set "
            "weights_file to the file."
        ) from error
    return model


def _load_weights(model: nn.Module, path: Path) -> None:
    """Load a state dict. If its last layer is missing or of another size, the new one is kept."""
    try:
        state: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
        own = model.state_dict()
        head = {f"{_head_name(model)}.{name}" for name in ("weight", "bias")}
        fitting = {k: v for k, v in state.items() if k not in head or v.shape == own[k].shape}
        missing, unexpected = model.load_state_dict(fitting, strict=False)
    except Exception as error:  # a wrong file makes unpickling or loading raise anything
        raise WeightsError(f"The weights in {path.name} cannot be loaded: {error}.") from error
    if unexpected or set(missing) - head:
        raise WeightsError(f"The weights in {path.name} belong to another network.")
