"""Batches of normalised, augmented images on the device, selected by sample index."""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mslg_core.images.augmentation import Augmentation

# Channel means and standard deviations with which torchvision's weights were trained.
IMAGENET_STATISTICS = (
    255 * np.array([0.485, 0.456, 0.406], dtype=np.float32),
    255 * np.array([0.229, 0.224, 0.225], dtype=np.float32),
)
# Pixels of 2,000 images of 32 x 32.
STATISTICS_PIXELS = 2_048_000

# Images without their graph at a time. A GPU needs more of them where they are small to be busy.
EVAL_BATCH = 512
GPU_EVAL_PIXELS = EVAL_BATCH * 64**2

Statistics = tuple[NDArray[np.float32], NDArray[np.float32]]


class Images:
    """All images of a run, converted to normalised, augmented batches on the device.

    Images stay uint8 and are converted batch by batch. On CUDA they are copied to the device if they need at
    most half of its free memory. Otherwise batches are read from the array, which may be a file larger than
    memory (`np.memmap`).

    Args: images uint8 [N, side, side, 3], not to be changed afterwards; device of the batches; augmentation
    (default: none); channel means and standard deviations [3] for normalisation (default: the images' own).
    """

    def __init__(
        self,
        images: NDArray[np.uint8],
        device: torch.device,
        augmentation: Augmentation | None = None,
        statistics: Statistics | None = None,
    ) -> None:
        self._images, self._device = images, device
        self._augmentation = augmentation or Augmentation()
        self._resident = _copy_to(images, device) if _fits_on(device, images.nbytes) else None
        mean, std = statistics or channel_statistics(images)
        self._scale = torch.from_numpy(1 / std).to(device)
        self._offset = torch.from_numpy(-mean / std).to(device)

    @property
    def resident(self) -> bool:
        """Whether all images are on the device."""
        return self._resident is not None

    @property
    def evaluation_batch(self) -> int:
        """How many images to evaluate at a time."""
        fitting = GPU_EVAL_PIXELS // self._images.shape[1] ** 2 if self._device.type == "cuda" else 0
        return max(EVAL_BATCH, fitting)

    def plain(self, index: Tensor) -> Tensor:
        """Images `index` int64 [B] as float32 [B, 3, side, side], channels last in memory."""
        return self._normalise(self._read(index))

    def transform_new(self, images: NDArray[np.uint8]) -> Tensor:
        """New images uint8 [B, side, side, 3], normalised like those of the set."""
        return self._normalise(_copy_to(images, self._device))

    def augmented(self, index: Tensor, generator: torch.Generator) -> Tensor:
        """Like `plain`, with random augmentation."""
        return self._normalise(self._augmentation(self._read(index), generator))

    def _read(self, index: Tensor) -> Tensor:
        """Images `index` int64 [B] as uint8 [B, side, side, 3]."""
        if self._resident is not None:
            return self._resident[index]
        return torch.from_numpy(self._images[index.cpu().numpy()]).to(self._device)

    def _normalise(self, pixels: Tensor) -> Tensor:
        return pixels.to(torch.float32).mul_(self._scale).add_(self._offset).permute(0, 3, 1, 2)


def permutation(size: int, generator: torch.Generator) -> Tensor:
    """The numbers below `size` in random order, int64, on the generator's device."""
    return torch.randperm(size, generator=generator, device=generator.device)


def channel_statistics(images: NDArray[np.uint8]) -> Statistics:
    """Mean and standard deviation of the channels, [3] each, over a regular subset of the images."""
    every = max(1, images[..., 0].size // STATISTICS_PIXELS)
    sample = images[::every].astype(np.float32)
    return sample.mean(axis=(0, 1, 2)), sample.std(axis=(0, 1, 2)).clip(min=1e-3 * 255)


def _fits_on(device: torch.device, size: int) -> bool:
    return device.type == "cuda" and size <= torch.cuda.mem_get_info(device)[0] // 2


def _copy_to(images: NDArray[np.uint8], device: torch.device) -> Tensor:
    return torch.tensor(images, device=device)


def batches(index: Tensor, batch_size: int, generator: torch.Generator) -> Iterator[Tensor]:
    """One shuffled pass over `index`, in batches of nearly equal size, none too small for batch norm."""
    order = index[permutation(len(index), generator).to(index.device)]
    parts = -(-len(order) // batch_size)
    yield from order.tensor_split(max(1, min(parts, len(order) // 2)))
