"""Shifts and flips, observed on one bright pixel."""

import pytest
import torch
from torch import Tensor

from mslg_core.configs.base import Padding
from mslg_core.images.augmentation import Augmentation

SIDE = 8


def bright_positions(augmentation: Augmentation, row: int = 3, column: int = 2) -> set[tuple[int, int]]:
    """Positions of the bright pixel after augmentation of 256 equal images."""
    pixels = torch.full((256, SIDE, SIDE, 3), 7, dtype=torch.uint8)
    pixels[:, row, column] = 255
    changed = augmentation(pixels, torch.Generator().manual_seed(0))
    assert changed.shape == pixels.shape
    assert changed.dtype == torch.uint8
    bright = changed[..., 0].flatten(1)
    assert (bright == 255).sum(1).le(1).all()
    return {divmod(int(position), SIDE) for position in bright.argmax(1)}


@pytest.mark.parametrize(
    ("augmentation", "positions"),
    [
        (Augmentation(), {(3, 2)}),
        (Augmentation(shift=1), {(r, c) for r in (2, 3, 4) for c in (1, 2, 3)}),
        (Augmentation(horizontal_flip=True), {(3, 2), (3, 5)}),
        (Augmentation(vertical_flip=True), {(3, 2), (4, 2)}),
        (Augmentation(horizontal_flip=True, vertical_flip=True), {(r, c) for r in (3, 4) for c in (2, 5)}),
    ],
)
def test_bright_pixel_reaches_exactly_the_expected_positions(
    augmentation: Augmentation, positions: set[tuple[int, int]]
) -> None:
    assert bright_positions(augmentation) == positions


def ramp() -> Tensor:
    """256 equal images whose columns differ in brightness; none is black."""
    return torch.arange(1, SIDE + 1, dtype=torch.uint8).view(1, 1, SIDE, 1).expand(256, SIDE, SIDE, 3)


def test_border_is_repeated_or_black() -> None:
    edge, zeros = (Augmentation(2, padding)(ramp(), torch.Generator().manual_seed(0)) for padding in Padding)
    assert edge.min() == 1
    black = zeros == 0
    assert torch.equal(edge.masked_fill(black, 0), zeros)
    assert {int(n) for n in black[..., 0].all(1).sum(1)} == {0, 1, 2}  # columns
    assert {int(n) for n in black[..., 0].all(2).sum(1)} == {0, 1, 2}  # rows


def test_input_images_are_not_modified() -> None:
    pixels = ramp().clone()
    Augmentation(3, Padding.ZEROS, horizontal_flip=True)(pixels, torch.Generator())
    assert torch.equal(pixels, ramp())
