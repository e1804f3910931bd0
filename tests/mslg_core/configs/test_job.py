"""Parsing of configs."""

from typing import get_args

import pytest
from pydantic import ValidationError

from mslg_core.configs.job import JobConfig, parse_config
from mslg_core.configs.methods import AnyMethodConfig, CrossEntropyConfig, MslgConfig
from mslg_core.errors import ConfigError


def test_method_selects_the_config_and_defaults_to_mslg() -> None:
    assert parse_config() == parse_config({}) == MslgConfig()
    assert parse_config({"method": "cross_entropy", "seed": 3}) == CrossEntropyConfig(seed=3)
    config = MslgConfig(epochs=4, warmup_epochs=1, max_move=0.5)
    assert parse_config(config.model_dump(mode="json")) == parse_config(config) == config


@pytest.mark.parametrize(
    "settings",
    [
        {"method": "magic"},
        {"epoch": 3},
        {"epochs": 0},
        {"epochs": 10**9},
        {"epochs": 2, "warmup_epochs": 3},
        {"image_size": 30},
        {"learning_rate": float("nan")},
        {"method": "cross_entropy", "beta": 1.0},
        {"method": "forward", "transition": [[1.0, 0.0], [0.4, 0.4]]},
        {"method": "forward", "transition": [[0.5, 0.5]]},
        {"network": "cnn8", "weights": "imagenet"},
        {"network": "resnet18", "backbone": "frozen"},
        {"network": "resnet18", "backbone": "patches"},
        "mslg",
    ],
)
def test_invalid_settings_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        parse_config(settings)


@pytest.mark.parametrize("config", get_args(AnyMethodConfig))
def test_every_setting_has_a_description_and_configs_are_frozen(config: type[JobConfig]) -> None:
    fields = config.model_fields
    assert all(field.description for name, field in fields.items() if name != "method")
    with pytest.raises(ValidationError):
        config().seed = 1  # type: ignore[misc]
