"""Random moves and mirrors of a whole batch at once."""

from dataclasses import dataclass

import torch
from torch import Tensor

from mslg_core.configs.base import Padding


@dataclass(frozen=True, slots=True)
class Augmentation:
    """Moves each image by up to `shift` pixels along both axes, mirrors half of them along each axis named.

    `padding` fills what a move uncovers.
    """

    shift: int = 0
    padding: Padding = Padding.EDGE
    horizontal_flip: bool = False
    vertical_flip: bool = False

    def __call__(self, pixels: Tensor, generator: torch.Generator) -> Tensor:
        """Other versions of `pixels` uint8 [B, side, side, 3]: one gather, whatever happens to an image.

        `generator` lives on the CPU, so that every device draws the same numbers.
        """
        if not (self.shift or self.horizontal_flip or self.vertical_flip):
            return pixels
        size, side = pixels.shape[:2]
        rows, columns = self._sources(size, side, generator).to(pixels.device)  # [B, side] each
        sample = torch.arange(size, device=pixels.device).view(-1, 1, 1)
        clamped = rows.clamp(0, side - 1).unsqueeze(2), columns.clamp(0, side - 1).unsqueeze(1)
        moved = pixels[sample, *clamped]
        if self.padding is Padding.ZEROS:
            inside = _within(rows, side).unsqueeze(2) & _within(columns, side).unsqueeze(1)
            moved *= inside.unsqueeze(3)
        return moved

    def _sources(self, size: int, side: int, generator: torch.Generator) -> Tensor:
        """Where every row and every column comes from, int64 [2, B, side]; may lie outside of the image."""
        places = torch.arange(side).expand(2, size, side)
        if self.shift:
            places = places + torch.randint(-self.shift, self.shift + 1, (2, size, 1), generator=generator)
        rows, columns = places
        if self.horizontal_flip:
            columns = _mirror_half(columns, generator)
        if self.vertical_flip:
            rows = _mirror_half(rows, generator)
        return torch.stack([rows, columns])


def _mirror_half(places: Tensor, generator: torch.Generator) -> Tensor:
    chosen = torch.rand(len(places), generator=generator) < 0.5
    return torch.where(chosen.unsqueeze(1), places.flip(1), places)


def _within(places: Tensor, side: int) -> Tensor:
    return (places >= 0) & (places < side)
