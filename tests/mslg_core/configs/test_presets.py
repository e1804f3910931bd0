"""The settings of `preset: paper`."""

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from mslg_core.configs.base import Method, Padding
from mslg_core.configs.job import parse_config
from mslg_core.configs.methods import MslgConfig
from mslg_core.configs.plan import make_plan
from mslg_core.errors import ConfigError
from mslg_core.training.trainer import Trainer
from tests.mslg_core.training_sets import make_training_set


@pytest.mark.parametrize("method", [method for method in Method if method is not Method.AUTO])
def test_preset_applies_to_every_method(method: Method) -> None:
    config = parse_config({"method": method, "preset": "paper"})
    plan = make_plan(config, 50_000, 32, gpu=False)
    assert (plan.epochs, plan.warmup_epochs, plan.batch_size, plan.shift) == (120, 44, 128, 4)
    assert [plan.rate_after(epochs) for epochs in (0, 39, 40, 79, 80, 119)] == [
        1e-2,
        1e-2,
        1e-3,
        1e-3,
        1e-4,
        1e-4,
    ]
    assert config.horizontal_flip
    assert config.vertical_flip
    assert config.padding is Padding.ZEROS


def test_explicit_settings_override_the_preset_and_configs_round_trip() -> None:
    config = parse_config({"preset": "paper", "beta": 400, "epochs": 2, "warmup_epochs": 1, "alpha": None})
    assert isinstance(config, MslgConfig)
    assert (config.beta, config.epochs, config.alpha) == (400, 2, 0.5)
    assert parse_config(config.model_dump(mode="json")) == config


def test_averaging_over_classes_reduces_alpha_and_the_loss() -> None:
    settings = {"preset": "paper", "batch_size": 32, "momentum": 0, "weight_decay": 0}
    loss, weights, labels = _step({**settings, "alpha": 0.5})
    other_loss, other_weights, other_labels = _step(
        {**settings, "alpha": 0.5 / 3, "average_over_classes": False}
    )
    np.testing.assert_allclose(labels, other_labels, rtol=1e-5)
    np.testing.assert_allclose(loss, other_loss / 3, rtol=1e-5)
    np.testing.assert_allclose(weights, other_weights / 3, rtol=1e-3, atol=1e-7)


def _step(settings: dict[str, Any]) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """(loss, change of the last layer's bias, labels) after one step."""
    trainer = Trainer(make_training_set(60)[0], parse_config(settings), "cpu")
    bias = list(trainer._run.model.parameters())[-1].detach()
    before = bias.clone()
    loss = trainer._method.step(torch.arange(16, 48))
    return loss.numpy(), (bias - before).numpy(), trainer.soft_labels()


def test_learning_rate_steps_must_increase() -> None:
    assert parse_config({"learning_rate_steps": [[3, 0.1], [5, 0.01]]}).learning_rate_steps
    for steps in ([[5, 0.1], [3, 0.01]], [[0, 0.1]], [[3, 0]], [[3, 11]]):
        with pytest.raises(ConfigError, match="learning_rate_steps"):
            parse_config({"learning_rate_steps": steps})
