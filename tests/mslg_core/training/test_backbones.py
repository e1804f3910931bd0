"""Every method on extracted features."""

from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision

from mslg_core.configs.base import Method
from mslg_core.configs.job import parse_config
from mslg_core.features.cache import FolderCache
from mslg_core.methods.registry import METHODS
from mslg_core.training.checkpoint import dump_checkpoint, load_checkpoint
from mslg_core.training.trainer import Trainer
from tests.mslg_core.training_sets import make_training_set

PATCHES = {"backbone": "patches", "epochs": 4, "warmup_epochs": 2}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> FolderCache:
    return FolderCache(tmp_path_factory.mktemp("features"))


@pytest.mark.parametrize("method", METHODS)
def test_every_method_trains_a_head_and_resumes_to_the_bit(method: Method, cache: FolderCache) -> None:
    data, _ = make_training_set()
    config = parse_config({**PATCHES, "method": method.value})
    whole, first, second = (Trainer(data, config, "cpu", cache) for _ in range(3))
    list(whole.run())
    run = first.run()
    next(run), next(run), next(run)
    load_checkpoint(second, dump_checkpoint(first))
    list(second.run())
    np.testing.assert_array_equal(whole.result().soft_labels, second.result().soft_labels)


def test_a_frozen_network_is_not_trained(tmp_path: Path) -> None:
    path = tmp_path / "w.pt"
    torch.save(torchvision.models.resnet18(num_classes=3).state_dict(), path)
    data, _ = make_training_set(30)
    settings = {"backbone": "frozen", "network": "resnet18", "weights_file": str(path), "image_size": 32}
    trainer = Trainer(data, parse_config({**settings, "epochs": 2}), "cpu")
    list(trainer.run())
    assert trainer.result().soft_labels.shape == (30, 3)
    assert all(
        "running" not in name or value.numel() == 256 for name, value in trainer.state_dict()["model"].items()
    )
