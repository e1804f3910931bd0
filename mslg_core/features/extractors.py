"""What describes images: the interface of all feature extractors."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

# A small batch fits into a CPU's cache: with 100 images at a time each took six times as long as with 16.
BATCH = {"cpu": 16, "cuda": 256}


class Extractor(Protocol):
    """Turns pixels into features, each image by itself.

    identity: names everything that its features depend on besides the image. side: of the images, in pixels.
    """

    @property
    def identity(self) -> str:
        """Equal for extractors that give equal features."""

    @property
    def side(self) -> int:
        """Side of the images in pixels."""

    def extract(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features [B, D] of images [B, side, side, 3]."""


@dataclass(frozen=True, slots=True)
class ModuleExtractor:
    """An extractor that is a network: input uint8 [B, 3, side, side], output float32 [B, D]."""

    module: nn.Module
    identity: str
    side: int
    device: torch.device

    @torch.inference_mode()
    def extract(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """See `Extractor`."""
        size = BATCH[self.device.type]
        parts = [self._extract(pixels[start : start + size]) for start in range(0, len(pixels), size)]
        return torch.cat(parts).cpu().numpy()

    def _extract(self, pixels: NDArray[np.uint8]) -> Tensor:
        batch = torch.from_numpy(np.ascontiguousarray(pixels)).to(self.device)
        features: Tensor = self.module(batch.permute(0, 3, 1, 2))
        return features


@dataclass(frozen=True, slots=True)
class Mirrored:
    """Averages the features of each image and of its mirror image."""

    extractor: Extractor

    @property
    def identity(self) -> str:
        """See `Extractor`."""
        return f"{self.extractor.identity} mirrored"

    @property
    def side(self) -> int:
        """See `Extractor`."""
        return self.extractor.side

    def extract(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """See `Extractor`."""
        plain, mirrored = self.extractor.extract(pixels), self.extractor.extract(pixels[:, :, ::-1])
        plain += mirrored
        plain /= 2
        return plain
