"""`mslg bench cifar10`: test accuracy and corrected labels on CIFAR-10, cell by cell."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from benchmarks.cifar10.cells import Cell, run_cell
from benchmarks.common import results
from benchmarks.common.results import Record
from benchmarks.problems.datasets import load_cifar10
from benchmarks.problems.problem import Noise, NoiseLevel
from mslg_core.configs.base import Method

# Sized so that two CPU cores repeat the reduced table in half an hour.
REDUCED_COLUMNS = (
    NoiseLevel(Noise.NONE, 0.0),
    NoiseLevel(Noise.UNIFORM, 0.4),
    NoiseLevel(Noise.FEATURE, 0.4),
)
REDUCED_IMAGES, REDUCED_VERIFIED, REDUCED_TEST = 2_000, 200, 2_000
REDUCED_SETTINGS = {"backbone": "patches", "horizontal_flip": True}


def reduced_cells(methods: Iterable[Method], seeds: Iterable[int]) -> list[Cell]:
    """Fewer images, and a head on patches instead of a network.

    The seed varies slowest, so that an interrupted run leaves complete tables.
    """
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
    """Run the cells that are not in `out` yet. Appends each record to `out` and yields it."""
    done = [record["cell"] for record in results.read(out)]
    missing = [cell for cell in cells if cell.key() not in done]
    tasks = [partial(load_and_run, cell, data, device) for cell in missing]
    yield from results.collect(tasks, out, device, jobs)


def load_and_run(cell: Cell, data: Path, device: str) -> Record:
    """Train one cell and return its record, without provenance."""
    return run_cell(cell, load_cifar10(data, cell.images, cell.test_images, cell.seed, cell.side), device)
