"""The training set, batches, the hold-out split and the plan of a run."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from mslg_core.configs.base import Backbone, Network
from mslg_core.configs.job import parse_config
from mslg_core.configs.methods import MslgConfig
from mslg_core.configs.plan import choose_image_size, make_plan, with_backbone
from mslg_core.errors import TrainingSetError, WeightsError
from mslg_core.images.batches import IMAGENET_STATISTICS, Images, batches
from mslg_core.images.training_set import split_verified
from mslg_core.models.networks import build_network
from tests.mslg_core.training_sets import make_training_set

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    "change",
    [
        {"given": np.full(120, 3, dtype=np.int64)},
        {"given": np.zeros(119, dtype=np.int64)},
        {"classes": ("a",)},
        {"images": np.zeros((120, 8, 8, 3), dtype=np.float32)},
        {"images": np.zeros((120, 9, 9, 3), dtype=np.uint8)},
        {"meta_index": np.zeros(15, dtype=np.int64)},
        {"meta_index": np.arange(3, dtype=np.int64)},
        {"meta_index": np.zeros(1, dtype=np.int64), "meta_labels": np.zeros(1, dtype=np.int64)},
        {"holdout_labels": np.full(15, -1, dtype=np.int64)},
        {"known_wrong": np.full(1, 120, dtype=np.int64)},
        {"known_wrong": make_training_set()[0].holdout_index[:1]},
    ],
)
def test_inconsistent_arrays_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(TrainingSetError):
        replace(make_training_set()[0], **change)  # type: ignore[arg-type]


def test_noisy_set_excludes_the_meta_set() -> None:
    data = make_training_set()[0]
    assert sorted([*data.noisy_index, *data.meta_index]) == list(range(120))
    assert set(data.holdout_index) <= set(data.noisy_index)


def test_noisy_set_excludes_labels_known_to_be_wrong() -> None:
    data = make_training_set()[0]
    known_wrong = np.setdiff1d(data.noisy_index, data.holdout_index)[:4]
    changed = replace(data, known_wrong=known_wrong)
    assert sorted([*changed.noisy_index, *changed.meta_index, *known_wrong]) == list(range(120))


@pytest.mark.parametrize(
    ("settings", "size"),
    [
        ({"network": "resnet18", "weights": "imagenet"}, 224),
        ({"network": "resnet18"}, 64),
        ({"network": "cnn8", "weights_file": "w.pt"}, 64),
        ({"backbone": "patches"}, 32),
    ],
)
def test_photographs_are_decoded_at_the_largest_useful_size(settings: dict[str, str], size: int) -> None:
    assert choose_image_size(parse_config(settings), [500], [400]) == size


@pytest.mark.parametrize(("side", "size"), [(8, 8), (5, 8), (28, 32), (32, 32), (500, 64)])
def test_image_size_is_native_rounded_to_multiples_of_eight(side: int, size: int) -> None:
    assert choose_image_size(MslgConfig(), [side] * 3, [side // 2] * 3) == size
    assert choose_image_size(MslgConfig(image_size=224), [side], [side]) == 224


@pytest.mark.parametrize(("n", "held"), [(1, 0), (2, 1), (3, 1), (4, 1), (5, 2), (10, 3), (100, 30)])
def test_thirty_percent_of_each_class_is_held_out(n: int, held: int) -> None:
    names = [f"{i}.png" for i in range(2 * n)]
    labels = np.arange(2 * n, dtype=np.int64) % 2
    split = split_verified(names, labels)
    assert np.bincount(labels[split.holdout], minlength=2).tolist() == [held, held]
    assert sorted([*split.meta, *split.holdout]) == list(range(2 * n))
    again = split_verified(names[::-1], labels[::-1])
    assert {names[i] for i in split.holdout} == {names[::-1][i] for i in again.holdout}


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


def test_plans_depend_on_data_and_config() -> None:
    trained = MslgConfig(backbone=Backbone.TRAIN)
    small, large = (make_plan(trained, n, 32, gpu=False) for n in (500, 50_000))
    assert small.epochs > large.epochs > large.warmup_epochs > 0
    assert small.batch_size < large.batch_size == 128
    assert make_plan(trained, 500, 224, gpu=True).network is Network.RESNET18
    plan = make_plan(
        MslgConfig(epochs=9, warmup_epochs=4, batch_size=7, shift=0, learning_rate=1), 500, 8, gpu=True
    )
    assert (plan.epochs, plan.warmup_epochs, plan.batch_size, plan.shift) == (9, 4, 7, 0)
    assert make_plan(MslgConfig(backbone=Backbone.PATCHES), 10**6, 32, gpu=False).epochs == 16
    assert 0 < make_plan(MslgConfig(epochs=3), 500, 8, gpu=False).warmup_epochs < 3


@pytest.mark.parametrize(
    ("settings", "on_cpu", "on_gpu"),
    [
        ({}, Backbone.PATCHES, Backbone.TRAIN),
        ({"network": "cnn8"}, Backbone.TRAIN, Backbone.TRAIN),
        ({"preset": "paper"}, Backbone.TRAIN, Backbone.TRAIN),
        ({"network": "resnet18", "weights": "imagenet"}, Backbone.FROZEN, Backbone.TRAIN),
        ({"backbone": "patches"}, Backbone.PATCHES, Backbone.PATCHES),
    ],
)
def test_default_backbone_depends_on_device_and_config(
    settings: dict[str, str], on_cpu: Backbone, on_gpu: Backbone
) -> None:
    config = parse_config(settings)
    assert with_backbone(config, gpu=False).backbone is on_cpu
    assert with_backbone(config, gpu=True).backbone is on_gpu


def test_networks_have_the_papers_architecture_and_load_local_weights(tmp_path: Path) -> None:
    model = build_network(Network.CNN8, 10, 32)
    assert sum(isinstance(m, torch.nn.Conv2d) for m in model.modules()) == 6
    assert sum(isinstance(m, torch.nn.Linear) for m in model.modules()) == 2
    path = tmp_path / "w.pt"
    torch.save(model.state_dict(), path)
    other = build_network(Network.CNN8, 4, 32, weights_file=path)
    ours, theirs = list(other.parameters()), list(model.parameters())
    assert all(torch.equal(a, b) for a, b in zip(ours[:-2], theirs[:-2], strict=True))
    assert ours[-1].shape == (4,)
    for network, side in ((Network.RESNET18, 32), (Network.CNN8, 64)):
        with pytest.raises(WeightsError):
            build_network(network, 10, side, weights_file=path)
    assert build_network(Network.RESNET18, 4, 32)(torch.zeros(2, 3, 32, 32)).shape == (2, 4)


def test_pretrained_networks_receive_imagenet_normalisation() -> None:
    images = np.full((2, 8, 8, 3), 255, dtype=np.uint8)
    seen = Images(images, torch.device("cpu"), statistics=IMAGENET_STATISTICS).plain(torch.tensor([1]))
    np.testing.assert_allclose(seen[0, :, 0, 0], [2.2489, 2.4286, 2.64], atol=1e-3)
