"""Files of results: JSON lists, one record a line, each saying where it comes from."""

import json
import os
import platform
import subprocess
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.common.errors import BenchmarkError
from benchmarks.common.pool import run_all

FOLDER = Path(__file__).parent.parent / "results"
PACKAGES = ("torch", "torchvision", "numpy", "cleanlab")

Record = dict[str, Any]


def read(path: Path) -> list[Record]:
    """All records of a file, none where it does not exist. Raises `BenchmarkError`."""
    if not path.exists():
        return []
    try:
        records: list[Record] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BenchmarkError(f"{path} is not a file of results: {error}") from error
    return records


def append(path: Path, record: Record) -> None:
    """Add one record; a kill at any moment leaves the old file or the new one. One writer at a time."""
    lines = [json.dumps(one, ensure_ascii=False) for one in [*read(path), record]]
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
    partial.replace(path)


def collect(
    tasks: Sequence[Callable[[], Record]], path: Path, device: str, jobs: int = 1
) -> Iterator[Record]:
    """Run tasks, `jobs` at a time, and append what they return, with its provenance, as it comes."""
    source = provenance(device)
    for record in run_all(tasks, jobs):
        append(path, record | source)
        yield record | source


def provenance(device: str) -> Record:
    """Which code ran where: commit, hardware, versions."""
    return {"commit": _commit(), "hardware": hardware(device), "versions": _versions()}


def hardware(device: str) -> str:
    """The machine in words."""
    import torch

    if device == "cuda":
        return torch.cuda.get_device_name()
    return f"{platform.machine()} CPU, {torch.get_num_threads()} of {os.cpu_count()} cores"


def choose_device(device: str) -> str:
    """`auto` resolved as the trainer does."""
    import torch

    if device != "auto":
        return device
    return "cuda" if torch.cuda.is_available() else "cpu"


def _commit() -> str:
    """The checkout's commit, with a + where code has changed since; "unknown" outside of git."""
    git = ["git", "-C", str(FOLDER.parent)]
    try:
        commit = subprocess.run(  # noqa: S603
            [*git, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=True
        ).stdout.strip()
        changed = subprocess.run(  # noqa: S603
            [*git, "status", "--porcelain", "--", ":(top)mslg_core", ":(top,glob)benchmarks/*.py"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return commit + ("+" if changed else "")


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
