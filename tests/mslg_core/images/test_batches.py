"""Batches of normalised images."""

from pathlib import Path

import numpy as np
import pytest
import torch

from mslg_core.images.batches import IMAGENET_STATISTICS, Images, batches

CPU = torch.device("cpu")


def test_batches_are_normalised_and_channels_last() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (64, 16, 16, 3), dtype=np.uint8)
    images = Images(pixels, CPU)
    batch = images.plain(torch.tensor([5, 3]))
    assert batch.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(batch, images.transform_new(pixels[[5, 3]]))
    everything = images.plain(torch.arange(64)).double()
    assert everything.mean(dim=(0, 2, 3)).abs().max() < 1e-5
    assert (everything.std(dim=(0, 2, 3)) - 1).abs().max() < 1e-3
    assert torch.equal(images.augmented(torch.tensor([5, 3]), torch.Generator()), batch)


def test_images_may_be_in_a_read_only_file(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (20, 8, 8, 3), dtype=np.uint8)
    np.save(tmp_path / "pixels.npy", pixels)
    stored = np.load(tmp_path / "pixels.npy", mmap_mode="r")
    index = torch.tensor([19, 0, 7])
    assert torch.equal(Images(stored, CPU).plain(index), Images(pixels, CPU).plain(index))
    assert torch.equal(
        Images(stored, CPU).transform_new(stored[:2]), Images(pixels, CPU).plain(torch.arange(2))
    )


@pytest.mark.parametrize(("n", "size"), [(120, 32), (121, 32), (33, 32)])
def test_batches_contain_every_sample_once_in_even_sizes(n: int, size: int) -> None:
    parts = list(batches(torch.arange(n), size, torch.Generator().manual_seed(0)))
    assert sorted(torch.cat(parts).tolist()) == list(range(n))
    sizes = [len(part) for part in parts]
    assert max(sizes) <= size
    assert max(sizes) - min(sizes) <= 1


def test_no_batch_is_too_small_for_batch_norm() -> None:
    for n in range(2, 12):
        assert all(len(part) >= 2 for part in batches(torch.arange(n), 2, torch.Generator()))


def test_pretrained_networks_receive_imagenet_normalisation() -> None:
    images = np.full((2, 8, 8, 3), 255, dtype=np.uint8)
    seen = Images(images, torch.device("cpu"), statistics=IMAGENET_STATISTICS).plain(torch.tensor([1]))
    np.testing.assert_allclose(seen[0, :, 0, 0], [2.2489, 2.4286, 2.64], atol=1e-3)
