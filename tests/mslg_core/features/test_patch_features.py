"""Patch features."""

import numpy as np
import pytest
import torch

from mslg_core.features.patch_features import FILTERS, PatchBank
from tests.mslg_core.training_sets import make_training_set


def features(bank: PatchBank, images: np.ndarray) -> torch.Tensor:
    result: torch.Tensor = bank(torch.from_numpy(images).permute(0, 3, 1, 2))
    return result


@pytest.mark.parametrize("side", [8, 16, 24])
def test_features_are_finite_and_deterministic(side: int) -> None:
    images = np.random.default_rng(1).integers(0, 256, (40, side, side, 3), dtype=np.uint8)
    first, second = (features(PatchBank.draw(images), images) for _ in range(2))
    assert first.shape == (40, 8 * FILTERS)
    assert torch.equal(first, second)
    assert bool(first.isfinite().all())
    assert float(first.min()) >= 0 < float(first.std())


def test_brightness_hardly_matters_and_images_of_one_colour_have_finite_features() -> None:
    images, _ = make_training_set()
    bank = PatchBank.draw(images.images)
    assert float((features(bank, images.decode()) - features(bank, images.decode() + 20)).abs().mean()) < 0.02
    flat = np.full((5, 8, 8, 3), 99, dtype=np.uint8)
    assert bool(features(PatchBank.draw(flat), flat).isfinite().all())


def test_a_response_is_the_whitened_patch_times_the_filter() -> None:
    """Computed step by step for one patch: contrast, whitening, product."""
    images = np.random.default_rng(2).integers(0, 256, (30, 8, 8, 3), dtype=np.uint8)
    bank = PatchBank.draw(images).double()
    patch = torch.from_numpy(images[3, :4, :4]).permute(2, 0, 1).double().flatten() / 255
    normalised = (patch - patch.mean()) / (patch.var(correction=0) + 10 / 255**2).sqrt()
    pixels = torch.from_numpy(images[3:4]).permute(0, 3, 1, 2).double() / 255
    response = torch.nn.functional.conv2d(pixels, bank.filters) / bank._contrast(pixels) - bank.offsets
    expected = bank.filters.flatten(1) @ normalised - bank.offsets.flatten()
    torch.testing.assert_close(response[0, :, 0, 0], expected, atol=1e-5, rtol=1e-5)
