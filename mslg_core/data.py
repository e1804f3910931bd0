"""Decoded images, and batches that know their samples' indices."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mslg_core.augmentation import Augmentation
from mslg_core.configs import Backbone, TrainingConfig
from mslg_core.defaults import is_pretrained
from mslg_core.errors import TrainingSetError

MIN_SIDE = 8
MAX_SIDE, MAX_PATCHES_SIDE = 64, 32
# What torchvision's weights were trained on: the side of images, and their channels' mean and deviation.
PRETRAINED_SIDE = 224
IMAGENET_STATISTICS = (
    255 * np.array([0.485, 0.456, 0.406], dtype=np.float32),
    255 * np.array([0.229, 0.224, 0.225], dtype=np.float32),
)
HOLDOUT_SHARE = 0.3
# As many as 2,000 images of 32 x 32 have.
STATISTICS_PIXELS = 2_048_000

Indices = NDArray[np.int64]
Statistics = tuple[NDArray[np.float32], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """N images with given labels, M verified ones to learn from and H verified ones to measure on.

    images uint8 [N, side, side, 3]; given int64 [N]; meta_index, meta_labels int64 [M]; holdout_index,
    holdout_labels int64 [H]; known_wrong int64 [W]: samples whose given label is known to be wrong, the right
    one not known; picked int64 [P]: samples of the meta set that a ranking or their label drew, not chance:
    nothing is judged by them. The noisy training set is everything outside the meta set and not known to be
    wrong. Raises `TrainingSetError`.
    """

    images: NDArray[np.uint8]
    given: Indices
    classes: tuple[str, ...]
    meta_index: Indices
    meta_labels: Indices
    holdout_index: Indices
    holdout_labels: Indices
    known_wrong: Indices = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    picked: Indices = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __post_init__(self) -> None:
        """Refuse arrays that do not fit together."""
        n = len(self.given)
        shape = self.images.shape
        _require(len(self.classes) >= 2, "Two classes are needed.")
        _require(
            self.images.dtype == np.uint8 and len(shape) == 4 and shape[0] == n and shape[3] == 3,
            f"Images must be uint8 [{n}, side, side, 3].",
        )
        _require(
            shape[1] == shape[2] and shape[1] % 8 == 0, "Images must be square, with a multiple of 8 pixels."
        )
        for labels in (self.given, self.meta_labels, self.holdout_labels):
            _require(labels.dtype == np.int64 and labels.ndim == 1, "Labels must be int64.")
            _require(_within(labels, len(self.classes)), "A label is not one of the classes.")
        for index, labels in (
            (self.meta_index, self.meta_labels),
            (self.holdout_index, self.holdout_labels),
        ):
            _require(
                index.dtype == np.int64 and index.shape == labels.shape,
                "Indices must be int64, one per label.",
            )
            _require(_within(index, n), "An index is outside of the samples.")
        _require(
            self.known_wrong.dtype == np.int64
            and self.known_wrong.ndim == 1
            and _within(self.known_wrong, n),
            "Samples that are known to be wrong must be int64 indices.",
        )
        settled = np.concatenate([self.meta_index, self.holdout_index, self.known_wrong])
        _require(
            len(np.unique(settled)) == len(settled),
            "A sample stands twice in the verified set, or is known to be wrong besides.",
        )
        _require(
            bool(np.isin(self.picked, self.meta_index).all()), "Picked samples are part of the meta set."
        )
        _require(len(self.meta_index) != 1, "One verified sample is too few to learn from; verify more.")
        _require(len(self.noisy_index) >= 2, "Two samples outside of the meta set are needed.")

    @property
    def num_samples(self) -> int:
        """N."""
        return len(self.given)

    @property
    def num_classes(self) -> int:
        """C."""
        return len(self.classes)

    @property
    def side(self) -> int:
        """Side of the images in pixels."""
        return int(self.images.shape[1])

    @property
    def fair_meta(self) -> NDArray[np.bool_]:
        """Whether chance drew each sample of the meta set, bool [M]."""
        return ~np.isin(self.meta_index, self.picked)

    @property
    def noisy_index(self) -> Indices:
        """Samples outside of the meta set and not known to be wrong, in order, int64 [N - M - W]."""
        left_out = np.concatenate([self.meta_index, self.known_wrong])
        return np.setdiff1d(np.arange(self.num_samples, dtype=np.int64), left_out)


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise TrainingSetError(message)


def _within(values: Indices, end: int) -> bool:
    return bool(values.size == 0 or (values.min() >= 0 and values.max() < end))


def choose_image_size(config: TrainingConfig, widths: Sequence[int], heights: Sequence[int]) -> int:
    """Side in pixels to decode to: the configured one, else the median longer side, as a multiple of 8 from
    8 to what the network makes use of.
    """
    if config.image_size is not None:
        return config.image_size
    if not widths:
        return MIN_SIDE
    side = float(np.median(np.maximum(widths, heights)))
    return int(np.clip(8 * np.floor(side / 8 + 0.5), MIN_SIDE, _choose_largest_side(config)))


def _choose_largest_side(config: TrainingConfig) -> int:
    if config.backbone is Backbone.PATCHES:
        return MAX_PATCHES_SIDE
    return PRETRAINED_SIDE if is_pretrained(config) else MAX_SIDE


class Split(NamedTuple):
    """Positions, in the order in which they were given, of the meta set and of the hold-out."""

    meta: Indices
    holdout: Indices


def split_verified(file_names: Sequence[str], labels: Indices) -> Split:
    """Split the verified set for good: 30 % of each class, chosen by the hash of the name, are held out."""
    order = sorted(range(len(labels)), key=lambda i: hashlib.sha256(file_names[i].encode()).digest())
    counts: dict[int, int] = {}
    held = np.zeros(len(labels), dtype=np.bool_)
    for i in order:
        n = counts[int(labels[i])] = counts.get(int(labels[i]), 0) + 1
        held[i] = _round_half_up(HOLDOUT_SHARE * n) > _round_half_up(HOLDOUT_SHARE * (n - 1))
    return Split(np.flatnonzero(~held), np.flatnonzero(held))


def _round_half_up(value: float) -> int:
    return int(value + 0.5 + 1e-9)


class Images:
    """All images, turned into normalised, augmented batches on the device.

    Decoded images stay as they are, uint8, and are converted batch by batch. On CUDA they move to the device
    if they take no more than half of its free memory; otherwise batches are read where the array lies, which
    may be a file larger than memory (`np.memmap`).

    Args: images uint8 [N, side, side, 3], not to be changed afterwards; device of the batches; augmentation,
    by default none; mean and standard deviation [3] to take out, by default the images' own.
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

    def plain(self, index: Tensor) -> Tensor:
        """Images `index` int64 [B] as float32 [B, 3, side, side], channels last in memory."""
        return self._normalise(self._read(index))

    def outside(self, images: NDArray[np.uint8]) -> Tensor:
        """Images [B, side, side, 3] that are not in the set, normalised as the set's are."""
        return self._normalise(_copy_to(images, self._device))

    def augmented(self, index: Tensor, generator: torch.Generator) -> Tensor:
        """The same as `plain`, each image changed at random. `generator` lives on the CPU."""
        return self._normalise(self._augmentation(self._read(index), generator))

    def _read(self, index: Tensor) -> Tensor:
        """Images `index` int64 [B] as uint8 [B, side, side, 3]."""
        if self._resident is not None:
            return self._resident[index]
        return torch.from_numpy(self._images[index.cpu().numpy()]).to(self._device)

    def _normalise(self, pixels: Tensor) -> Tensor:
        return pixels.to(torch.float32).mul_(self._scale).add_(self._offset).permute(0, 3, 1, 2)


def channel_statistics(images: NDArray[np.uint8]) -> Statistics:
    """Mean and standard deviation of the channels, [3] each, over evenly spaced images."""
    every = max(1, images[..., 0].size // STATISTICS_PIXELS)
    sample = images[::every].astype(np.float32)
    return sample.mean(axis=(0, 1, 2)), sample.std(axis=(0, 1, 2)).clip(min=1e-3 * 255)


def _fits_on(device: torch.device, size: int) -> bool:
    return device.type == "cuda" and size <= torch.cuda.mem_get_info(device)[0] // 2


def _copy_to(images: NDArray[np.uint8], device: torch.device) -> Tensor:
    return torch.tensor(images, device=device)


def batches(index: Tensor, batch_size: int, generator: torch.Generator) -> Iterator[Tensor]:
    """One shuffled pass over `index`, in batches of nearly equal size, so that none is too small for batch
    norm.
    """
    order = index[torch.randperm(len(index), generator=generator).to(index.device)]
    parts = -(-len(order) // batch_size)
    yield from order.tensor_split(max(1, min(parts, len(order) // 2)))
