"""Result files: JSON lists with one record per line and each record's provenance."""

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
    """All records of a file; empty if it does not exist.

    Raises:
        BenchmarkError: the file is not valid JSON.
    """
    if not path.exists():
        return []
    try:
        records: list[Record] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BenchmarkError(f"{path} is not a file of results: {error}") from error
    return records


def append(path: Path, record: Record) -> None:
    """Add one record. Atomic: an interrupted write leaves the old file. Supports one writer at a time."""
    lines = [json.dumps(one, ensure_ascii=False) for one in [*read(path), record]]
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
    partial.replace(path)


def collect(
    tasks: Sequence[Callable[[], Record]], path: Path, device: str, jobs: int = 1
) -> Iterator[Record]:
    """Run tasks, `jobs` at a time. Appends each result with its provenance to `path` and yields it."""
    source = provenance(device)
    for record in run_all(tasks, jobs):
        append(path, record | source)
        yield record | source


def results_file(folder: Path, table: str, device: str) -> Path:
    """One file per table and kind of hardware: `cifar10-cpu.json`, `cifar10-nvidia-h200.json`."""
    machine = hardware(device) if device.startswith("cuda") else "cpu"
    return folder / f"{table}-{'-'.join(machine.lower().split())}.json"


def provenance(device: str) -> Record:
    """The commit, hardware and package versions of a run."""
    return {"commit": _commit(), "hardware": hardware(device), "versions": _versions()}


def hardware(device: str) -> str:
    """Name of the GPU, or architecture and cores of the CPU."""
    import torch

    if device == "cuda":
        return torch.cuda.get_device_name()
    return f"{platform.machine()} CPU, {torch.get_num_threads()} of {os.cpu_count()} cores"


def choose_device(device: str) -> str:
    """The device itself, or for `auto` the one that the trainer would use."""
    import torch

    if device != "auto":
        return device
    return "cuda" if torch.cuda.is_available() else "cpu"


def _commit() -> str:
    """The commit of the checkout, with a `+` if the code has uncommitted changes; "unknown" without git."""
    git = ["git", "-C", str(FOLDER.parent)]
    code = [":(top)mslg_core", ":(top)mslg_rules", ":(top,glob)benchmarks/**/*.py"]
    try:
        commit = subprocess.run(  # noqa: S603
            [*git, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=True
        ).stdout.strip()
        changed = subprocess.run(  # noqa: S603
            [*git, "status", "--porcelain", "--", *code], capture_output=True, text=True, check=True
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
