"""The settings of a run: one frozen config per method, importable without torch."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from mslg_core.configs.auto import AutoConfig
from mslg_core.configs.base import (
    Backbone,
    LabelStep,
    MetaGradient,
    Method,
    Network,
    Padding,
    Preset,
    TrainingConfig,
    Weights,
)
from mslg_core.configs.methods import (
    AnyMethodConfig,
    BootstrapConfig,
    CoTeachingConfig,
    CrossEntropyConfig,
    ForwardConfig,
    GeneralizedCrossEntropyConfig,
    JointOptimizationConfig,
    MetaWeightNetConfig,
    MlntConfig,
    MslgConfig,
    PencilConfig,
    SymmetricCrossEntropyConfig,
)
from mslg_core.errors import ConfigError

__all__ = [
    "AnyMethodConfig",
    "AutoConfig",
    "Backbone",
    "BootstrapConfig",
    "CoTeachingConfig",
    "CrossEntropyConfig",
    "ForwardConfig",
    "GeneralizedCrossEntropyConfig",
    "JobConfig",
    "JointOptimizationConfig",
    "LabelStep",
    "MetaGradient",
    "MetaWeightNetConfig",
    "Method",
    "MlntConfig",
    "MslgConfig",
    "Network",
    "Padding",
    "PencilConfig",
    "Preset",
    "SymmetricCrossEntropyConfig",
    "TrainingConfig",
    "Weights",
    "parse_config",
]

JobConfig = Annotated[AnyMethodConfig | AutoConfig, Field(discriminator="method")]

_ADAPTER: TypeAdapter[AnyMethodConfig | AutoConfig] = TypeAdapter(JobConfig)


def parse_config(obj: Mapping[str, Any] | TrainingConfig | None = None) -> AnyMethodConfig | AutoConfig:
    """A config from a mapping; the method is `mslg` when it is not named. Raises `ConfigError`."""
    if isinstance(obj, AnyMethodConfig | AutoConfig):
        return obj
    if obj is not None and not isinstance(obj, Mapping):
        raise ConfigError("The settings must be a mapping of names to values.")
    try:
        return _ADAPTER.validate_python({"method": Method.MSLG.value, **(obj or {})})
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc'][1:]) or 'settings'}: {problem['msg']}"
            for problem in error.errors()
        )
        raise ConfigError(f"The settings are refused: {problems}.") from error
