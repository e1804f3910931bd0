"""The manifests in deploy/kubernetes: valid, confined, and with commands and settings that exist."""

from itertools import chain
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from typer.main import get_command

from mslg_cli import app
from store.settings import Settings

FOLDER = Path(__file__).parents[2] / "deploy" / "kubernetes"
OLDEST, NEWEST = "1.30", "1.37"
MANIFESTS = [path for path in sorted(FOLDER.glob("*.yaml")) if path.name != "kustomization.yaml"]


def documents(path: Path) -> list[dict[str, Any]]:
    """All documents of a file."""
    return list(yaml.safe_load_all(path.read_text()))


def pods() -> list[dict[str, Any]]:
    """The pods of all deployments."""
    found = chain.from_iterable(map(documents, MANIFESTS))
    return [one["spec"]["template"]["spec"] for one in found if one["kind"] == "Deployment"]


def containers() -> list[dict[str, Any]]:
    """All containers, those that prepare a pod included."""
    return [one for pod in pods() for one in [*pod["initContainers"], *pod["containers"]]]


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_every_manifest_matches_the_schema(path: Path, version: str) -> None:
    for document in documents(path):
        kubernetes_validate.validate(document, version, strict=True)


def test_a_misspelt_field_is_found() -> None:
    (config,) = documents(FOLDER / "config.yaml")
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(config | {"dta": {}}, NEWEST, strict=True)


def test_kustomize_lists_every_manifest() -> None:
    (listed,) = documents(FOLDER / "kustomization.yaml")
    assert sorted(listed["resources"]) == [path.name for path in MANIFESTS]


def test_the_gpu_patch_names_what_it_patches() -> None:
    (patch,) = documents(FOLDER / "gpu" / "trainer.yaml")
    (trainer,) = documents(FOLDER / "trainer.yaml")
    assert patch["metadata"]["name"] == trainer["metadata"]["name"]
    name = patch["spec"]["template"]["spec"]["containers"][0]["name"]
    assert [one["name"] for one in trainer["spec"]["template"]["spec"]["containers"]] == [name]


def test_every_container_is_confined_and_limited() -> None:
    assert all(pod["securityContext"]["runAsNonRoot"] for pod in pods())
    assert all(pod["automountServiceAccountToken"] is False for pod in pods())
    for container in containers():
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"]["memory"]
        assert {"/run/secrets", "/scratch"} <= {mount["mountPath"] for mount in container["volumeMounts"]}


def test_commands_and_settings_exist() -> None:
    group: Any = get_command(app)
    assert {one["command"][1] for one in containers()} <= set(group.commands)
    (config,) = documents(FOLDER / "config.yaml")
    settings = {f"MSLG_{name.upper()}" for name in Settings.model_fields}
    assert {name for name in config["data"] if name.startswith("MSLG_")} <= settings
