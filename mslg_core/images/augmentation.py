"""Random shifts and flips of a whole batch."""

from dataclasses import dataclass

import torch
from torch import Tensor

from mslg_core.configs.base import Padding


@dataclass(frozen=True, slots=True)
class Augmentation:
    """Shifts each image by up to `shift` pixels along both axes and flips half of the images per flip axis.

    `padding` fills the uncovered border.
    """

    shift: int = 0
    padding: Padding = Padding.EDGE
    horizontal_flip: bool = False
    vertical_flip: bool = False

    def __call__(self, pixels: Tensor, generator: torch.Generator) -> Tensor:
        """Augment `pixels` uint8 [B, side, side, 3] with a single gather."""
        if not (self.shift or self.horizontal_flip or self.vertical_flip):
            return pixels
        size, side = pixels.shape[:2]
        rows, columns = self._source_indices(size, side, generator).to(pixels.device)  # [B, side] each
        sample = torch.arange(size, device=pixels.device).view(-1, 1, 1)
        clamped = rows.clamp(0, side - 1).unsqueeze(2), columns.clamp(0, side - 1).unsqueeze(1)
        shifted = pixels[sample, *clamped]
        if self.padding is Padding.ZEROS:
            inside = _within(rows, side).unsqueeze(2) & _within(columns, side).unsqueeze(1)
            shifted *= inside.unsqueeze(3)
        return shifted

    def _source_indices(self, size: int, side: int, generator: torch.Generator) -> Tensor:
        """Source index of every row and column, int64 [2, B, side]; may be outside the image."""
        device = generator.device
        indices = torch.arange(side, device=device).expand(2, size, side)
        if self.shift:
            shape, limits = (2, size, 1), (-self.shift, self.shift + 1)
            indices = indices + torch.randint(*limits, shape, generator=generator, device=device)
        rows, columns = indices
        if self.horizontal_flip:
            columns = _flip_half(columns, generator)
        if self.vertical_flip:
            rows = _flip_half(rows, generator)
        return torch.stack([rows, columns])


def _flip_half(indices: Tensor, generator: torch.Generator) -> Tensor:
    chosen = torch.rand(len(indices), generator=generator, device=generator.device) < 0.5
    return torch.where(chosen.unsqueeze(1), indices.flip(1), indices)


def _within(indices: Tensor, side: int) -> Tensor:
    return (indices >= 0) & (indices < side)
