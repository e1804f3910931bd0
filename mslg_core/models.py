"""Networks: the paper's 8-layer CNN and torchvision's ResNets."""

from itertools import pairwise
from pathlib import Path

import torch
import torchvision
from torch import Tensor, nn

from mslg_core.batch_norm import BatchNorm1d, BatchNorm2d
from mslg_core.configs import Network, Weights
from mslg_core.errors import WeightsError

HIDDEN = 256


class Cnn8(nn.Sequential):
    """Six 3x3 convolutions in pairs of 64, 128 and 196 channels, two fully connected layers. Source: paper,
    IV-B.

    Every layer but the last has batch norm and ReLU; every pair ends in max-pooling.

    Args: num_classes C; image_size: side in pixels, a multiple of 8. Input [B, 3, side, side], output
    logits [B, C].
    """

    def __init__(self, num_classes: int, image_size: int) -> None:
        channels = [3, 64, 64, 128, 128, 196, 196]
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
            nn.Linear(channels[-1] * side * side, HIDDEN, bias=False),
            BatchNorm1d(HIDDEN),
            nn.ReLU(),
            nn.Linear(HIDDEN, num_classes),
        )


def build_network(
    network: Network,
    num_classes: int,
    image_size: int,
    weights: Weights = Weights.RANDOM,
    weights_file: Path | None = None,
) -> nn.Module:
    """The network, initialised from the global generator unless weights are given.

    Nothing of a ResNet is adapted to small images: below about 64 pixels `cnn8` is the better choice.
    Raises `WeightsError`.
    """
    if network is Network.CNN8:
        model: nn.Module = Cnn8(num_classes, image_size)
        if weights_file:
            _load_weights(model, weights_file)
        return model
    model = torchvision.models.get_model(
        network.value, weights=_weights_name(weights, weights_file), norm_layer=BatchNorm2d
    )
    if weights_file:
        _load_weights(model, weights_file)
    head: nn.Linear = model.fc  # type: ignore[assignment]
    if head.out_features != num_classes:
        model.fc = nn.Linear(head.in_features, num_classes)
    return model


def _weights_name(weights: Weights, weights_file: Path | None) -> str | None:
    return "DEFAULT" if weights is Weights.IMAGENET and not weights_file else None


def _load_weights(model: nn.Module, path: Path) -> None:
    """Load a state dict; its last layer may be missing or of other size, then a new one stays."""
    try:
        state: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
        own = model.state_dict()
        head = list(own)[-2:]
        fitting = {k: v for k, v in state.items() if k not in head or v.shape == own[k].shape}
        missing, unexpected = model.load_state_dict(fitting, strict=False)
    except Exception as error:  # unpickling, shapes, types: whatever a wrong file holds
        raise WeightsError(f"The weights in {path.name} cannot be loaded: {error}.") from error
    if unexpected or set(missing) - set(head):
        raise WeightsError(f"The weights in {path.name} belong to another network.")
