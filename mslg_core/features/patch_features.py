"""Features of small images without training or weights: responses to patches of the images themselves.

On photographs of 32 pixels, a head on these features is better than a small network that learns its features
from a few thousand noisy labels.
"""

import hashlib
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from mslg_core.configs.plan import MAX_PATCHES_SIDE
from mslg_core.features.cache import FeatureCache, load_arrays, save_arrays
from mslg_core.features.extractor import FeatureExtractor, NetworkExtractor, resize
from mslg_core.images.sources import AnyImages, ImageSource, as_source

# Begins the identity of patch features.
PATCHES = "patches"
# To be increased when the same images get other filters than before.
VERSION = 1
FILTERS = 256
MAX_PATCH = 6
SAMPLED_IMAGES, SAMPLED_PATCHES = 5_000, 20_000
GRID = 2
# Responses are around 1 if a patch does not resemble the filter: only larger ones count.
THRESHOLD = 1.0
# Added to variances, so that noise in patches of one colour is not amplified.
CONTRAST_FLOOR = 10 / 255**2
WHITENING_FLOOR = 1e-2


def patch_extractor(
    images: AnyImages, device: torch.device, cache: FeatureCache | None = None
) -> NetworkExtractor:
    """Patch features on `device`, with filters from these images of any side, which `cache` keeps.

    Images are seen at their own side, at most `MAX_PATCHES_SIDE`.
    """
    if cache is None:
        return bank_extractor(PatchBank.draw(images), device)
    key = bank_key(as_source(images))
    bank = load_bank(cache, key)
    if bank is None:
        bank = PatchBank.draw(images)
        side = np.array([bank.side], dtype=np.float32)
        save_arrays(cache, key, [bank.filters.numpy(), bank.offsets.numpy(), side])
    return bank_extractor(bank, device)


def bank_extractor(bank: "PatchBank", device: torch.device) -> NetworkExtractor:
    """The features of `bank` on `device`."""
    filters = hashlib.sha256(bank.filters.numpy().tobytes()).hexdigest()
    return NetworkExtractor(bank, f"{PATCHES} {bank.side} {filters}", bank.side, device)


def bank_key(source: ImageSource) -> str:
    """Where a cache keeps the filters from these images."""
    state = hashlib.sha256(f"{VERSION} {source.shape} {source.decoding}".encode())
    state.update(source.contents.tobytes())
    return f"{PATCHES}/{state.hexdigest()}"


def load_bank(cache: FeatureCache, key: str) -> "PatchBank | None":
    """The filters that `cache` keeps under `key`, or None."""
    arrays = load_arrays(cache, key)
    if arrays is None:
        return None
    filters, offsets, side = arrays
    return PatchBank(torch.from_numpy(filters), torch.from_numpy(offsets), int(side[0]))


def is_of_patches(extractor: FeatureExtractor) -> bool:
    """Whether these are patch features, so that other images have others."""
    return extractor.identity.startswith(f"{PATCHES} ")


class PatchBank(nn.Module):
    """Filters that are random whitened patches of the images; responses of both signs, pooled over a 2x2
    grid.

    Patches are normalised in contrast and ZCA-whitened, the filters are drawn from them, and the encoding is
    a soft threshold that keeps both halves. A square root compresses large responses. Source: Coates and Ng,
    "The importance of encoding versus training with sparse coding and vector quantization" (ICML 2011).

    Args: filters [256, 3, size, size]; offsets [1, 256, 1, 1], what they give for the mean patch; side to
    which images are reduced. Input uint8 [B, 3, any, any], output float32 [B, 2048], not negative.
    """

    filters: Tensor
    offsets: Tensor

    def __init__(self, filters: Tensor, offsets: Tensor, side: int) -> None:
        super().__init__()
        self.side, self._size = side, filters.shape[-1]
        self.register_buffer("offsets", offsets)
        self.register_buffer("filters", filters)

    @classmethod
    def draw(cls, images: AnyImages) -> Self:
        """Filters from images uint8 [N, side, side, 3], side at least 8, or from their source, of which a
        sample is decoded. They depend on nothing else.

        Images are reduced to the smaller of their own side and `MAX_PATCHES_SIDE`.
        """
        side = min(images.shape[1], MAX_PATCHES_SIDE)
        size = min(MAX_PATCH, side // 2)
        patches = _normalise(_draw(as_source(images), side, size))  # [P, 3 · size²]
        mean, whitening = _zca(patches)
        drawn = F.normalize((patches[:FILTERS] - mean) @ whitening, dim=1)
        filters = drawn @ whitening
        offsets = (filters @ mean).view(1, -1, 1, 1)
        # A filter without its mean ignores the mean of the patch.
        filters = filters - filters.mean(dim=1, keepdim=True)
        return cls(filters.view(-1, 3, size, size), offsets, side)

    def forward(self, images: Tensor) -> Tensor:
        """The features [B, 2048] of `images`."""
        pixels = resize(images, self.side) / 255
        responses = F.conv2d(pixels, self.filters).div_(self._contrast(pixels)).sub_(self.offsets)
        halves = torch.cat([_pool(responses), _pool(-responses)], dim=1)
        return halves.flatten(1).sqrt()

    def _contrast(self, pixels: Tensor) -> Tensor:
        """Standard deviation within every patch, [B, 1, positions, positions]."""
        mean = F.avg_pool2d(pixels.mean(dim=1, keepdim=True), self._size, 1)
        square = F.avg_pool2d(pixels.square().mean(dim=1, keepdim=True), self._size, 1)
        return ((square - mean.square()).clamp_min(0) + CONTRAST_FLOOR).sqrt()


def _draw(source: ImageSource, side: int, size: int) -> Tensor:
    """Patches float32 [P, 3 · size²] in [0, 1] from random positions."""
    rng = np.random.default_rng(0)
    num_images = source.shape[0]
    chosen = np.sort(rng.choice(num_images, min(SAMPLED_IMAGES, num_images), replace=False))
    sampled = _gather(source, chosen, side)
    index = rng.integers(0, len(sampled), SAMPLED_PATCHES)[:, None, None]
    corners = rng.integers(0, side - size + 1, (2, SAMPLED_PATCHES, 1, 1))
    rows, columns = corners[0] + np.arange(size)[:, None], corners[1] + np.arange(size)
    patches = sampled[index, rows, columns].transpose(0, 3, 1, 2).reshape(SAMPLED_PATCHES, -1)
    return torch.from_numpy(patches.astype(np.float32) / 255)


def _gather(source: ImageSource, index: NDArray[np.int64], side: int) -> NDArray[np.float32]:
    """The images `index`, increasing, reduced to `side` pixels block by block: [n, side, side, 3]."""
    reduced = np.empty((len(index), side, side, 3), dtype=np.float32)
    for block in source.blocks(index):
        pixels = resize(torch.from_numpy(block.pixels).permute(0, 3, 1, 2), side)
        reduced[np.searchsorted(index, block.positions)] = pixels.permute(0, 2, 3, 1).numpy()
    return reduced


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
