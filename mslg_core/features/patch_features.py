"""Features of small images without training or weights: responses to patches of the images themselves.

On photographs of 32 pixels, a head on these features is better than a small network that learns its features
from a few thousand noisy labels.
"""

import hashlib

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from mslg_core.images.sources import ImageSource, as_source, gather

FILTERS = 256
MAX_PATCH = 6
SAMPLED_IMAGES, SAMPLED_PATCHES = 5_000, 20_000
GRID = 2
# Responses are around 1 if a patch does not resemble the filter: only larger ones count.
THRESHOLD = 1.0
# Added to variances, so that noise in patches of one colour is not amplified.
CONTRAST_FLOOR = 10 / 255**2
WHITENING_FLOOR = 1e-2


class PatchBank(nn.Module):
    """Filters that are random whitened patches of the images; responses of both signs, pooled over a 2x2
    grid.

    Patches are normalised in contrast and ZCA-whitened, the filters are drawn from them, and the encoding is
    a soft threshold that keeps both halves. A square root compresses large responses. Source: Coates and Ng,
    "The importance of encoding versus training with sparse coding and vector quantization" (ICML 2011).

    Args: images uint8 [N, side, side, 3], side at least 8, or their source, of which a sample is decoded; the
    filters depend on nothing else. Input uint8 [B, 3, side, side], output float32 [B, 2048], not negative.
    """

    filters: Tensor
    offsets: Tensor

    def __init__(self, images: NDArray[np.uint8] | ImageSource) -> None:
        super().__init__()
        self._size = min(MAX_PATCH, images.shape[1] // 2)
        patches = _normalise(_draw(as_source(images), self._size))  # [P, 3 · size²]
        mean, whitening = _zca(patches)
        drawn = F.normalize((patches[:FILTERS] - mean) @ whitening, dim=1)
        filters = drawn @ whitening
        self.register_buffer("offsets", (filters @ mean).view(1, -1, 1, 1))
        # A filter without its mean ignores the mean of the patch.
        filters = filters - filters.mean(dim=1, keepdim=True)
        self.register_buffer("filters", filters.view(-1, 3, self._size, self._size))

    def forward(self, images: Tensor) -> Tensor:
        """The features [B, 2048] of `images`."""
        pixels = images.float() / 255
        responses = F.conv2d(pixels, self.filters).div_(self._contrast(pixels)).sub_(self.offsets)
        halves = torch.cat([_pool(responses), _pool(-responses)], dim=1)
        return halves.flatten(1).sqrt()

    def digest(self) -> str:
        """A hash of the filters."""
        state = hashlib.sha256(self.filters.cpu().numpy().tobytes())
        state.update(self.offsets.cpu().numpy().tobytes())
        return state.hexdigest()

    def _contrast(self, pixels: Tensor) -> Tensor:
        """Standard deviation within every patch, [B, 1, positions, positions]."""
        mean = F.avg_pool2d(pixels.mean(dim=1, keepdim=True), self._size, 1)
        square = F.avg_pool2d(pixels.square().mean(dim=1, keepdim=True), self._size, 1)
        return ((square - mean.square()).clamp_min(0) + CONTRAST_FLOOR).sqrt()


def _draw(source: ImageSource, size: int) -> Tensor:
    """Patches float32 [P, 3 · size²] in [0, 1] from random positions."""
    rng = np.random.default_rng(0)
    num_images, side = source.shape[:2]
    chosen = np.sort(rng.choice(num_images, min(SAMPLED_IMAGES, num_images), replace=False))
    sampled = gather(source, chosen)
    index = rng.integers(0, len(sampled), SAMPLED_PATCHES)[:, None, None]
    corners = rng.integers(0, side - size + 1, (2, SAMPLED_PATCHES, 1, 1))
    rows, columns = corners[0] + np.arange(size)[:, None], corners[1] + np.arange(size)
    patches = sampled[index, rows, columns].transpose(0, 3, 1, 2).reshape(SAMPLED_PATCHES, -1)
    return torch.from_numpy(patches.astype(np.float32) / 255)


def _normalise(patches: Tensor) -> Tensor:
    """Subtract every patch's mean and divide by its standard deviation."""
    centred = patches - patches.mean(dim=1, keepdim=True)
    return centred / (centred.square().mean(dim=1, keepdim=True) + CONTRAST_FLOOR).sqrt()


def _zca(patches: Tensor) -> tuple[Tensor, Tensor]:
    """(mean [D], whitening matrix [D, D])."""
    mean = patches.mean(dim=0)
    centred = patches - mean
    variances, axes = torch.linalg.eigh(centred.T @ centred / len(patches))
    return mean, (axes * (variances.clamp_min(0) + WHITENING_FLOOR).rsqrt()) @ axes.T


def _pool(responses: Tensor) -> Tensor:
    """Responses [B, filters, positions, positions] above the threshold, averaged over a 2x2 grid."""
    positions = responses.shape[2]
    window = -(-positions // GRID)
    return F.avg_pool2d((responses - THRESHOLD).clamp_min_(0), window, positions - window)
