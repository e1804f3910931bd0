"""Features of small images that need neither training nor weights: responses to patches of the data itself.

For photographs of 32 pixels they carry a head further than a small network gets that learns its features from
a few thousand noisy labels.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

FILTERS = 256
MAX_PATCH = 6
SAMPLED_IMAGES, SAMPLED_PATCHES = 5_000, 20_000
GRID = 2
# Responses lie around 1 where a patch has nothing of the filter: only what stands out counts.
THRESHOLD = 1.0
# Added to variances: a patch of one colour is not blown up to noise.
CONTRAST_FLOOR = 10 / 255**2
WHITENING_FLOOR = 1e-2


class PatchBank(nn.Module):
    """Random whitened patches of the images as filters, both signs, summed over a 2x2 grid.

    Source: Coates and Ng, "The importance of encoding versus training with sparse coding and vector
    quantization" (ICML 2011): patches are normalised in contrast and ZCA-whitened, the dictionary is drawn
    from them, the encoding is a soft threshold, both halves kept. The square root evens out the counts.

    Args: images uint8 [N, side, side, 3], side at least 8; the draw depends on nothing else. Input uint8
    [B, 3, side, side], output float32 [B, 2048], not negative.
    """

    filters: Tensor
    offsets: Tensor

    def __init__(self, images: NDArray[np.uint8]) -> None:
        super().__init__()
        self._size = min(MAX_PATCH, images.shape[1] // 2)
        patches = _normalise(_draw(images, self._size))  # [P, 3 · size²]
        mean, whitening = _zca(patches)
        drawn = F.normalize((patches[:FILTERS] - mean) @ whitening, dim=1)
        filters = drawn @ whitening
        self.register_buffer("offsets", (filters @ mean).view(1, -1, 1, 1))
        # Without its mean, a filter answers to a patch as to the patch without its mean.
        filters = filters - filters.mean(dim=1, keepdim=True)
        self.register_buffer("filters", filters.view(-1, 3, self._size, self._size))

    def forward(self, images: Tensor) -> Tensor:
        """The features of `images`."""
        pixels = images.float() / 255
        responses = F.conv2d(pixels, self.filters).div_(self._contrast(pixels)).sub_(self.offsets)
        halves = torch.cat([_pool(responses), _pool(-responses)], dim=1)
        return halves.flatten(1).sqrt()

    def _contrast(self, pixels: Tensor) -> Tensor:
        """Standard deviation within every patch, [B, 1, positions, positions]."""
        mean = F.avg_pool2d(pixels.mean(dim=1, keepdim=True), self._size, 1)
        square = F.avg_pool2d(pixels.square().mean(dim=1, keepdim=True), self._size, 1)
        return ((square - mean.square()).clamp_min(0) + CONTRAST_FLOOR).sqrt()


def _draw(images: NDArray[np.uint8], size: int) -> Tensor:
    """Patches float32 [P, 3 · size²] from 0 to 1, from random places."""
    rng = np.random.default_rng(0)
    chosen = np.sort(rng.choice(len(images), min(SAMPLED_IMAGES, len(images)), replace=False))
    sampled = images[chosen]
    index = rng.integers(0, len(sampled), SAMPLED_PATCHES)[:, None, None]
    corners = rng.integers(0, images.shape[1] - size + 1, (2, SAMPLED_PATCHES, 1, 1))
    rows, columns = corners[0] + np.arange(size)[:, None], corners[1] + np.arange(size)
    patches = sampled[index, rows, columns].transpose(0, 3, 1, 2).reshape(SAMPLED_PATCHES, -1)
    return torch.from_numpy(patches.astype(np.float32) / 255)


def _normalise(patches: Tensor) -> Tensor:
    """Every patch without its mean, divided by its standard deviation."""
    centred = patches - patches.mean(dim=1, keepdim=True)
    return centred / (centred.square().mean(dim=1, keepdim=True) + CONTRAST_FLOOR).sqrt()


def _zca(patches: Tensor) -> tuple[Tensor, Tensor]:
    """(mean [D], whitening matrix [D, D])."""
    mean = patches.mean(dim=0)
    centred = patches - mean
    variances, axes = torch.linalg.eigh(centred.T @ centred / len(patches))
    return mean, (axes * (variances.clamp_min(0) + WHITENING_FLOOR).rsqrt()) @ axes.T


def _pool(responses: Tensor) -> Tensor:
    """What stands out of [B, filters, positions, positions], averaged over a 2x2 grid."""
    positions = responses.shape[2]
    window = -(-positions // GRID)
    return F.avg_pool2d((responses - THRESHOLD).clamp_min_(0), window, positions - window)
