"""The config of a job: a union of all methods' configs, discriminated by `method`."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from mslg_core.configs.auto import AutoConfig
from mslg_core.configs.base import Method, TrainingConfig
from mslg_core.configs.methods import AnyMethodConfig
from mslg_core.errors import ConfigError

JobConfig = Annotated[AnyMethodConfig | AutoConfig, Field(discriminator="method")]

_ADAPTER: TypeAdapter[AnyMethodConfig | AutoConfig] = TypeAdapter(JobConfig)


def parse_config(obj: Mapping[str, Any] | TrainingConfig | None = None) -> AnyMethodConfig | AutoConfig:
    """Parse a config from a mapping; the default method is `mslg`. Raises `ConfigError`."""
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
        raise ConfigError(f"The settings are invalid: {problems}.") from error
