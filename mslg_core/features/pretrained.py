"""Features of a pretrained network whose weights stay frozen."""

import hashlib
from pathlib import Path

import torch
import torchvision
from torch import Tensor, nn

from mslg_core.configs.base import TrainingConfig
from mslg_core.configs.plan import PRETRAINED_SIDE
from mslg_core.errors import WeightsError
from mslg_core.features.extractor import NetworkExtractor, resize
from mslg_core.images.batches import IMAGENET_STATISTICS
from mslg_core.models.networks import build_network, replace_head


def frozen_extractor(config: TrainingConfig, device: torch.device) -> NetworkExtractor:
    """The network of the config on `device`. Raises `WeightsError`."""
    identity = f"{config.network.value} {identify_weights(config)} {config.image_size}"
    side = config.image_size or PRETRAINED_SIDE
    return NetworkExtractor(FrozenNetwork(config), identity, side, device)


class FrozenNetwork(nn.Module):
    """The inputs of a pretrained network's last layer.

    Args: config with `network` and weights. Input uint8 [B, 3, side, side], resized to 224 pixels unless the
    config names an image size; output float32 [B, D]. Raises `WeightsError`.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, config: TrainingConfig) -> None:
        super().__init__()
        self._side = config.image_size or PRETRAINED_SIDE
        path = Path(config.weights_file) if config.weights_file else None
        network = build_network(config.network, 2, PRETRAINED_SIDE, config.weights, path)
        replace_head(network, nn.Identity())
        self.network = network.eval().requires_grad_(False).to(memory_format=torch.channels_last)
        mean, std = (torch.from_numpy(values).view(1, 3, 1, 1) for values in IMAGENET_STATISTICS)
        self.register_buffer("mean", mean)
        self.register_buffer("std", std)

    def forward(self, images: Tensor) -> Tensor:
        """The features [B, D] of `images`."""
        features: Tensor = self.network((resize(images, self._side) - self.mean) / self.std)
        return features


def identify_weights(config: TrainingConfig) -> str:
    """An identifier of the weights: torchvision's name for them, or the digest of the file.

    Raises `WeightsError`.
    """
    if config.weights_file is None:
        return str(torchvision.models.get_model_weights(config.network.value).DEFAULT)
    try:
        return hashlib.sha256(Path(config.weights_file).read_bytes()).hexdigest()
    except OSError as error:
        raise WeightsError(f"The weights in {config.weights_file} cannot be read: {error}.") from error
