"""Defaults that depend on the data and the device."""

import pytest

from mslg_core.configs.base import Backbone, Network
from mslg_core.configs.job import parse_config
from mslg_core.configs.methods import MslgConfig
from mslg_core.configs.plan import choose_image_size, make_plan, with_backbone


@pytest.mark.parametrize(
    ("settings", "size"),
    [
        ({"network": "resnet18", "weights": "imagenet"}, 224),
        ({"network": "resnet18"}, 64),
        ({"network": "cnn8", "weights_file": "w.pt"}, 64),
        ({"backbone": "patches"}, 32),
        ({"backbone": "auto"}, 224),
        ({"backbone": "timm/vit_b.tag"}, 224),
    ],
)
def test_photographs_are_decoded_at_the_largest_useful_size(settings: dict[str, str], size: int) -> None:
    assert choose_image_size(parse_config(settings), [500], [400]) == size


@pytest.mark.parametrize(("side", "size"), [(8, 8), (5, 8), (28, 32), (32, 32), (500, 64)])
def test_image_size_is_native_rounded_to_multiples_of_eight(side: int, size: int) -> None:
    assert choose_image_size(MslgConfig(), [side] * 3, [side // 2] * 3) == size
    assert choose_image_size(MslgConfig(image_size=224), [side], [side]) == 224


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
        ({}, Backbone.AUTO, Backbone.AUTO),
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
