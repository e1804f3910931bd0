"""The settings of the presets."""

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from mslg_core.configs.auto import AutoConfig
from mslg_core.configs.base import Backbone, LabelStep, Method, Network, Padding, Weights
from mslg_core.configs.job import parse_config
from mslg_core.configs.methods import MslgConfig
from mslg_core.configs.plan import choose_image_size, make_plan, with_backbone
from mslg_core.errors import ConfigError
from mslg_core.training.model_selection import candidate_config
from mslg_core.training.trainer import Trainer
from tests.mslg_core.training_sets import make_training_set

METHODS = [method for method in Method if method is not Method.AUTO]
IDENTITY = [[1.0, 0.0], [0.0, 1.0]]
KNOWN: dict[Method, dict[str, Any]] = {Method.FORWARD: {"transition": IDENTITY}}
# Epochs of warm-up in the authors' code; 0 for the others.
WARMUPS = {
    "paper": {Method.MSLG: 44, Method.PENCIL: 21, Method.MLNT: 2},
    "clothing1m": {Method.MSLG: 1, Method.PENCIL: 5},
    "food101n": {Method.MSLG: 1, Method.PENCIL: 5},
}


@pytest.mark.parametrize("preset", WARMUPS)
@pytest.mark.parametrize("method", METHODS)
def test_every_method_warms_up_as_in_its_source(preset: str, method: Method) -> None:
    config = parse_config({"method": method, "preset": preset, **KNOWN.get(method, {})})
    assert make_plan(config, 50_000, 32, gpu=True).warmup_epochs == WARMUPS[preset].get(method, 0)


@pytest.mark.parametrize(("preset", "warmup"), [("paper", 20), ("clothing1m", 2), ("food101n", 2)])
def test_forward_correction_warms_up_if_it_must_estimate_its_matrix(preset: str, warmup: int) -> None:
    config = parse_config({"method": Method.FORWARD, "preset": preset})
    assert config.warmup_epochs == warmup
    assert parse_config(config.model_dump(mode="json")) == config


def test_candidates_of_a_selection_keep_their_own_schedule() -> None:
    config = parse_config({"method": "auto", "preset": "paper"})
    assert isinstance(config, AutoConfig)
    found = {method: candidate_config(config, method).warmup_epochs for method in config.candidates}
    assert found == {method: WARMUPS["paper"].get(method, 0) for method in config.candidates}


@pytest.mark.parametrize("method", METHODS)
def test_preset_applies_to_every_method(method: Method) -> None:
    config = parse_config({"method": method, "preset": "paper"})
    plan = make_plan(config, 50_000, 32, gpu=False)
    assert (plan.epochs, plan.batch_size, plan.shift) == (120, 128, 4)
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


def test_settings_follow_the_sources() -> None:
    expected: dict[Method, dict[str, Any]] = {
        Method.MSLG: {"alpha": 0.5, "beta": 4000, "average_over_classes": True, "augment_meta": False},
        Method.CO_TEACHING: {"forget_rate": None, "ramp_epochs": 10},
        Method.SYMMETRIC_CE: {"log_zero": pytest.approx(-9.21, abs=0.001)},
        Method.JOINT_OPTIMIZATION: {"prior": "uniform", "given_epochs": 42, "alpha": 1.2, "beta": 0.8},
        Method.MLNT: {"alpha": 0.2},
        Method.META_WEIGHT_NET: {"meta_batch_size": 128, "augment_meta": False},
        Method.PENCIL: {"alpha": 0.1, "beta": 0.8, "label_epochs": 59, "label_rate": 400 / 128},
    }
    for method, settings in expected.items():
        config = parse_config({"method": method, "preset": "paper"})
        assert {name: getattr(config, name) for name in settings} == settings


@pytest.mark.parametrize(("preset", "alpha", "beta"), [("clothing1m", 0.1, 100), ("food101n", 0.5, 1500)])
def test_presets_for_photographs(preset: str, alpha: float, beta: float) -> None:
    config = parse_config({"preset": preset})
    assert isinstance(config, MslgConfig)
    assert (config.alpha, config.beta, config.label_step) == (alpha, beta, LabelStep.PAPER)
    assert (config.network, config.weights) == (Network.RESNET50, Weights.IMAGENET)
    assert with_backbone(config, gpu=False).backbone is Backbone.TRAIN
    assert choose_image_size(config, [500], [400]) == 224
    plan = make_plan(config, 10**6, 224, gpu=True)
    assert (plan.epochs, plan.warmup_epochs, plan.batch_size, plan.shift) == (10, 1, 32, 0)
    assert [plan.rate_after(epochs) for epochs in (0, 4, 5, 9)] == [1e-3, 1e-3, 1e-4, 1e-4]
    assert not config.horizontal_flip


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


def test_auto_refuses_epochs_that_a_candidates_warm_up_exceeds() -> None:
    with pytest.raises(ConfigError, match="mslg has 44 warmup_epochs"):
        parse_config({"method": "auto", "preset": "paper", "epochs": 30})
    parse_config({"method": "auto", "preset": "paper", "epochs": 30, "warmup_epochs": 5})


def test_auto_leaves_each_candidate_the_presets_own_settings() -> None:
    config = parse_config({"method": "auto", "preset": "clothing1m"})
    assert isinstance(config, AutoConfig)
    assert candidate_config(config, Method.PENCIL) == parse_config(
        {"method": "pencil", "preset": "clothing1m"}
    )
