"""Reads docker-compose.yml like Docker, with the features it uses: merge keys, `${NAME:-default}`, `$$`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

COMPOSE_FILE = Path(__file__).parents[2] / "docker-compose.yml"
VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<name>\w+):-(?P<default>[^}]*)\})")


@dataclass(frozen=True, slots=True)
class Service:
    """One service: its command, its environment and the command of its health check, if it has one."""

    command: list[str]
    environment: dict[str, str]
    health_check: list[str]


def interpolate(value: Any, variables: Mapping[str, str]) -> Any:
    """`value` with all variables in its strings replaced. An empty variable counts as unset (`:-`)."""
    if isinstance(value, dict):
        return {key: interpolate(item, variables) for key, item in value.items()}
    if isinstance(value, list):
        return [interpolate(item, variables) for item in value]
    if not isinstance(value, str):
        return value
    return VARIABLE.sub(
        lambda match: "$" if match["dollar"] else variables.get(match["name"]) or match["default"], value
    )


def health_command(test: list[str]) -> list[str]:
    """The health check (`CMD` or `CMD-SHELL`) as a command line."""
    match test:
        case ["CMD", *command]:
            return command
        case ["CMD-SHELL", line]:
            return ["sh", "-c", line]
        case _:
            return []


def read_services(variables: Mapping[str, str]) -> dict[str, Service]:
    """The services of docker-compose.yml, interpolated with `variables`."""
    document = interpolate(yaml.safe_load(COMPOSE_FILE.read_text()), variables)
    return {
        name: Service(
            command=list(service.get("command", [])),
            environment=dict(service.get("environment", {})),
            health_check=health_command(service.get("healthcheck", {}).get("test", [])),
        )
        for name, service in document["services"].items()
    }
