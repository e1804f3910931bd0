"""What extracts features from images: the interface, and a network behind it."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

# A small batch fits into a CPU's cache: with 100 images at a time each took six times as long as with 16.
BATCH = {"cpu": 16, "cuda": 256}


class FeatureExtractor(Protocol):
    """Extracts features from images, one by one: an image's features depend on no other image.

    identity: everything that the features depend on besides the pixels, as a key for caches. side: the side
    in pixels at which images are seen. Larger images are best decoded at this side, smaller ones at their
    own: `extract` enlarges or reduces them.
    """

    @property
    def identity(self) -> str:
        """See above."""

    @property
    def side(self) -> int:
        """See above."""

    def extract(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features [B, D] of images [B, side, side, 3] of any side."""


class NetworkExtractor:
    """The outputs of a network, computed in small batches.

    Args: network, from uint8 [B, 3, side, side] to float32 [B, D]; its identity and side, see
    `FeatureExtractor`; the device to compute on.
    """

    def __init__(self, network: nn.Module, identity: str, side: int, device: torch.device) -> None:
        self.network = network.to(device).eval().requires_grad_(False)
        self.identity, self.side, self._device = identity, side, device

    @torch.inference_mode()
    def extract(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """See `FeatureExtractor`."""
        size = BATCH[self._device.type]
        parts = [self._compute(pixels[start : start + size]) for start in range(0, len(pixels), size)]
        return np.concatenate(parts)

    def _compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        batch = torch.from_numpy(pixels.copy()).to(self._device)  # may be reversed or read-only
        features: Tensor = self.network(batch.permute(0, 3, 1, 2))
        return features.float().cpu().numpy()


class Joined:
    """The features of several extractors side by side."""

    def __init__(self, *extractors: FeatureExtractor) -> None:
        self.extractors = extractors

    @property
    def identity(self) -> str:
        """See `FeatureExtractor`."""
        return " + ".join(extractor.identity for extractor in self.extractors)

    @property
    def side(self) -> int:
        """The largest side of the extractors."""
        return max(extractor.side for extractor in self.extractors)

    def extract(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """See `FeatureExtractor`."""
        return np.concatenate([extractor.extract(pixels) for extractor in self.extractors], axis=1)


def split(extractor: FeatureExtractor, *, mirror: bool) -> list[FeatureExtractor]:
    """The extractors whose features side by side are those of `extractor`, kept each by itself.

    mirror: average the features of each image and of its mirror image.
    """
    parts = extractor.extractors if isinstance(extractor, Joined) else (extractor,)
    return [Mirrored(part) if mirror else part for part in parts]


@dataclass(frozen=True, slots=True)
class Mirrored:
    """Averages the features of each image and of its mirror image."""

    extractor: FeatureExtractor

    @property
    def identity(self) -> str:
        """See `FeatureExtractor`."""
        return f"{self.extractor.identity} mirrored"

    @property
    def side(self) -> int:
        """See `FeatureExtractor`."""
        return self.extractor.side

    def extract(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """See `FeatureExtractor`."""
        plain, mirrored = self.extractor.extract(pixels), self.extractor.extract(pixels[:, :, ::-1])
        plain += mirrored
        plain /= 2
        return plain


def resize(pixels: Tensor, side: int) -> Tensor:
    """Images [B, 3, any, any] as float32 [B, 3, side, side]."""
    pixels = pixels.float()
    if pixels.shape[2] == side:
        return pixels
    return F.interpolate(pixels, (side, side), mode="bilinear", antialias=True)
