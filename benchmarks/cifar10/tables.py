"""`mslg bench cifar10`: test accuracy and labels put right on CIFAR-10, cell by cell."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from benchmarks.cifar10.cells import Cell, run_cell
from benchmarks.cifar10.paper import Column
from benchmarks.common import results
from benchmarks.common.results import Record
from benchmarks.problems.datasets import load_cifar10
from benchmarks.problems.problem import Noise
from mslg_core.configs.base import Method

# The reduced table: what two CPU cores can repeat in half an hour.
REDUCED_COLUMNS = (Column(Noise.NONE, 0.0), Column(Noise.UNIFORM, 0.4), Column(Noise.FEATURE, 0.4))
REDUCED_IMAGES, REDUCED_VERIFIED, REDUCED_TEST = 2_000, 200, 2_000
REDUCED_SETTINGS = {"backbone": "patches", "horizontal_flip": True}


def reduced_cells(methods: Iterable[Method], seeds: Iterable[int]) -> list[Cell]:
    """Fewer images, a head on patches for a network; seeds outermost, so that a stop leaves whole tables."""
    return [
        Cell(
            method=method,
            noise=column.noise,
            rate=column.rate,
            seed=seed,
            images=REDUCED_IMAGES,
            verified=REDUCED_VERIFIED,
            test_images=REDUCED_TEST,
            settings=REDUCED_SETTINGS,
        )
        for seed in seeds
        for column in REDUCED_COLUMNS
        for method in methods
    ]


def run_cells(cells: Iterable[Cell], data: Path, out: Path, device: str, jobs: int = 1) -> Iterator[Record]:
    """Records of the cells that `out` does not hold yet, appended to it one by one."""
    done = [record["cell"] for record in results.read(out)]
    missing = [cell for cell in cells if cell.key() not in done]
    tasks = [partial(load_and_run, cell, data, device) for cell in missing]
    yield from results.collect(tasks, out, device, jobs)


def load_and_run(cell: Cell, data: Path, device: str) -> Record:
    """The record of a cell, without its provenance."""
    return run_cell(cell, load_cifar10(data, cell.images, cell.test_images, cell.seed, cell.side), device)


def results_file(folder: Path, table: str, device: str) -> Path:
    """One file per table and kind of hardware: `cifar10-cpu.json`, `cifar10-nvidia-h200.json`."""
    machine = results.hardware(device) if device.startswith("cuda") else "cpu"
    return folder / f"{table}-{'-'.join(machine.lower().split())}.json"
