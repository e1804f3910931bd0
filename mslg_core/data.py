"""Images in memory, and batches that know their samples' indices."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mslg_core.configs import TrainingConfig
from mslg_core.errors import TrainingSetError

MIN_SIDE = 8
MAX_SIDE = 64
HOLDOUT_SHARE = 0.3

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """N images with given labels, M verified ones to learn from and H verified ones to measure on.

    images uint8 [N, side, side, 3]; given int64 [N]; meta_index, meta_labels int64 [M]; holdout_index,
    holdout_labels int64 [H]. The noisy training set is everything outside the meta set. Raises
    `TrainingSetError`.
    """

    images: NDArray[np.uint8]
    given: Indices
    classes: tuple[str, ...]
    meta_index: Indices
    meta_labels: Indices
    holdout_index: Indices
    holdout_labels: Indices

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
        verified = np.concatenate([self.meta_index, self.holdout_index])
        _require(len(np.unique(verified)) == len(verified), "A sample stands in the verified set twice.")
        _require(len(self.meta_index) != 1, "One verified sample is too few to learn from; verify more.")
        _require(n - len(self.meta_index) >= 2, "Two samples outside of the meta set are needed.")

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
    def noisy_index(self) -> Indices:
        """Samples outside of the meta set, in order, int64 [N - M]."""
        return np.setdiff1d(np.arange(self.num_samples, dtype=np.int64), self.meta_index)


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise TrainingSetError(message)


def _within(values: Indices, end: int) -> bool:
    return bool(values.size == 0 or (values.min() >= 0 and values.max() < end))


def choose_image_size(config: TrainingConfig, widths: Sequence[int], heights: Sequence[int]) -> int:
    """Side in pixels to decode to: the configured one, else the median longer side, as a multiple of 8 from
    8 to 64.
    """
    if config.image_size is not None:
        return config.image_size
    if not widths:
        return MIN_SIDE
    side = float(np.median(np.maximum(widths, heights)))
    return int(np.clip(8 * np.floor(side / 8 + 0.5), MIN_SIDE, MAX_SIDE))


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
    """All images on the device, turned into normalised, augmented batches.

    Args: images uint8 [N, side, side, 3]; shift in pixels; horizontal_flip.
    """

    def __init__(
        self, images: NDArray[np.uint8], device: torch.device, *, shift: int, horizontal_flip: bool
    ) -> None:
        pixels = torch.from_numpy(images).to(device)
        self._pixels = pixels.permute(0, 3, 1, 2).contiguous()  # [N, 3, side, side]
        self._shift, self._flip = shift, horizontal_flip
        sample = images[:: max(1, len(images) // 2000)].astype(np.float32) / 255
        mean = torch.from_numpy(sample.mean(axis=(0, 1, 2))).to(device)
        std = torch.from_numpy(sample.std(axis=(0, 1, 2))).to(device).clamp_min(1e-3)
        self._mean, self._std = mean.view(1, 3, 1, 1), std.view(1, 3, 1, 1)

    def plain(self, index: Tensor) -> Tensor:
        """Images `index` int64 [B] as float32 [B, 3, side, side]."""
        return self._normalise(self._pixels[index])

    def outside(self, images: NDArray[np.uint8]) -> Tensor:
        """Images [B, side, side, 3] that are not in the set, normalised as the set's are."""
        return self._normalise(torch.from_numpy(images).to(self._pixels.device).permute(0, 3, 1, 2))

    def augmented(self, index: Tensor, generator: torch.Generator) -> Tensor:
        """The same, each moved by up to `shift` pixels (the border repeats) and perhaps mirrored.

        `generator` lives on the CPU, so that every device draws the same numbers.
        """
        pixels = self._pixels[index]
        if self._shift:
            pixels = self._shifted(pixels, generator)
        if self._flip:
            mirror = torch.rand(len(index), generator=generator).to(pixels.device) < 0.5
            pixels = torch.where(mirror.view(-1, 1, 1, 1), pixels.flip(3), pixels)
        return self._normalise(pixels)

    def _shifted(self, pixels: Tensor, generator: torch.Generator) -> Tensor:
        """One gather: row and column indices [B, side], clamped at the border."""
        size, side = len(pixels), pixels.shape[2]
        moves = torch.randint(-self._shift, self._shift + 1, (2, size, 1), generator=generator)
        rows, columns = (moves + torch.arange(side)).clamp_(0, side - 1).to(pixels.device)
        sample = torch.arange(size, device=pixels.device).view(-1, 1, 1)
        moved = pixels.permute(0, 2, 3, 1)[sample, rows.unsqueeze(2), columns.unsqueeze(1)]
        return moved.permute(0, 3, 1, 2)

    def _normalise(self, pixels: Tensor) -> Tensor:
        return (pixels.to(torch.float32) / 255 - self._mean) / self._std


def batches(index: Tensor, batch_size: int, generator: torch.Generator) -> Iterator[Tensor]:
    """One shuffled pass over `index`, in batches of nearly equal size, so that none is too small for batch
    norm.
    """
    order = index[torch.randperm(len(index), generator=generator).to(index.device)]
    parts = -(-len(order) // batch_size)
    yield from order.tensor_split(max(1, min(parts, len(order) // 2)))
