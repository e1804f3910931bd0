"""A replica of the paper's table I that two CPU cores can measure: `mslg bench cifar10 --replica`.

Everything is scaled down, and what the paper's claim depends on keeps its proportion: 10 % of the images
are verified, 44 of 120 epochs are MSLG's warm-up, the learning rate falls after a third and two thirds of the
epochs. Epochs and batch size are both divided by `SCALE`. A label then moves `SCALE` times as far per visit,
α·β/(B·C), in a fifth of the visits, so it moves as far in all as with the paper's α and β.

Two settings leave the proportions, because the network takes 2,400 steps in place of 46,920: the learning
rate is twice the paper's, and images are only mirrored, neither shifted nor flipped upside down. With all of
the paper's augmentation the network does not even come to fit clean labels.

Source: paper, IV-A to IV-C; the schedules of the baselines as in their papers and the authors' code.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.cifar10.cells import Cell, cell_config, make_problem
from benchmarks.cifar10.paper import FIGURE_2_VERIFIED, IMAGES, RATES, TEST_IMAGES, VERIFIED
from benchmarks.common import results
from benchmarks.common.results import Record
from benchmarks.problems.datasets import load_cifar10
from benchmarks.problems.figures import rounded
from benchmarks.problems.problem import Noise, NoiseLevel, Problem
from mslg_core.configs.base import Method, Preset
from mslg_core.configs.presets import PAPER_METHODS, PAPER_TRAINING
from mslg_core.training.trainer import Trainer

SCALE = 5
REPLICA_IMAGES = 2_500
REPLICA_SIDE = 16


def scaled(count: int) -> int:
    """A number of the paper's samples, for the replica."""
    return count * REPLICA_IMAGES // IMAGES


REPLICA_VERIFIED = scaled(VERIFIED)
EPOCHS = 120 // SCALE
BATCH_SIZE = 128 // SCALE
LEARNING_RATE = 2e-2
SETTINGS: dict[str, Any] = {
    "network": "cnn8_narrow",
    "image_size": REPLICA_SIDE,
    "shift": 0,
    "vertical_flip": False,
    "epochs": EPOCHS,
    "batch_size": BATCH_SIZE,
    "learning_rate": LEARNING_RATE,
    "learning_rate_steps": ((EPOCHS // 3, LEARNING_RATE / 10), (EPOCHS * 2 // 3, LEARNING_RATE / 100)),
}
# Settings of single methods that count epochs.
IN_EPOCHS = ("warmup_epochs", "given_epochs", "label_epochs", "ramp_epochs", "averaged_epochs")

FEATURE_COLUMNS = tuple(NoiseLevel(Noise.AUTHORS, rate) for rate in RATES)
UNIFORM_COLUMNS = tuple(NoiseLevel(Noise.UNIFORM, rate) for rate in RATES)
CLEAN = NoiseLevel(Noise.NONE, 0.0)
PRINTED_COLUMNS = (CLEAN, *UNIFORM_COLUMNS, *FEATURE_COLUMNS)


def replica_cells(methods: Iterable[Method], seeds: Iterable[int]) -> list[Cell]:
    """The cells of the table. The seed varies slowest, so that an interrupted run leaves complete tables. Of
    a seed, the columns of the paper's claim come first, the highest rate first.
    """
    methods, columns = list(methods), (*FEATURE_COLUMNS[::-1], CLEAN, *UNIFORM_COLUMNS[::-1])
    return [replica_cell(method, column, seed) for seed in seeds for column in columns for method in methods]


def figure_2_cells(seeds: Iterable[int]) -> list[Cell]:
    """MSLG on feature-dependent noise with the paper's shares of verified samples. Source: figure 2."""
    return [
        replica_cell(Method.MSLG, column, seed, scaled(verified))
        for seed in seeds
        for verified in FIGURE_2_VERIFIED
        for column in FEATURE_COLUMNS
    ]


def replica_cell(method: Method, column: NoiseLevel, seed: int, verified: int = REPLICA_VERIFIED) -> Cell:
    """One cell, with the schedule of the method's source, scaled."""
    return Cell(
        method=method,
        noise=column.noise,
        rate=column.rate,
        seed=seed,
        preset=Preset.PAPER,
        images=REPLICA_IMAGES,
        side=REPLICA_SIDE,
        verified=verified,
        test_images=TEST_IMAGES,
        settings=SETTINGS | _method_settings(method),
    )


def _method_settings(method: Method) -> dict[str, Any]:
    """What the paper's preset sets for one method, scaled."""
    own = {"averaged_epochs": 10} if method is Method.JOINT_OPTIMIZATION else {}
    own |= PAPER_METHODS.get(method, {})
    if method is Method.FORWARD:  # knows its matrix and needs no warm-up to estimate it
        own = {}
    settings = {name: round(own[name] / SCALE) for name in IN_EPOCHS if name in own}
    if "meta_batch_size" in own:
        settings["meta_batch_size"] = BATCH_SIZE
    if "label_rate" in own:  # PENCIL's label step, which its code divides by the batch size
        settings["label_rate"] = own["label_rate"] * PAPER_TRAINING["batch_size"] / BATCH_SIZE
    return settings


def run_replica(cells: Iterable[Cell], data: Path, out: Path, device: str, jobs: int = 1) -> Iterator[Record]:
    """Run the cells that are not in `out` yet. Appends each record to `out` and yields it."""
    done = [record["cell"] for record in results.read(out)]
    tasks = [partial(load_and_measure, cell, data, device) for cell in cells if cell.key() not in done]
    yield from results.collect(tasks, out, device, jobs)


def load_and_measure(cell: Cell, data: Path, device: str, trainer: type[Trainer] = Trainer) -> Record:
    """Train one cell and return its record, without provenance."""
    dataset = load_cifar10(data, cell.images, cell.test_images, cell.seed, cell.side)
    return measure(cell, make_problem(cell, dataset), device, trainer)


def measure(cell: Cell, problem: Problem, device: str, make_trainer: type[Trainer] = Trainer) -> Record:
    """Train on a problem. Tests after the warm-up and after the last epoch only, to save time.

    `label_accuracy_after` is that of the method's own labels, accepted or not.
    """
    config = cell_config(cell, problem)
    trainer = make_trainer(problem.training_set(holdout=False), config, device)
    inputs = trainer.transform_new(problem.test_images)
    after_warmup, seconds = float("nan"), 0.0
    for report in trainer.run():
        seconds += report.seconds
        if report.epoch in {trainer.plan.warmup_epochs, trainer.plan.epochs}:
            accuracy = _accuracy(trainer.predict(inputs), problem.test_labels)
            after_warmup = accuracy if report.phase == "warm_up" else after_warmup
    unseen = problem.unseen
    return {
        "cell": cell.key(),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "test_accuracy": rounded(accuracy),
        "test_accuracy_after_warmup": rounded(after_warmup),
        "tested": len(problem.test_labels),
        "label_accuracy_before": rounded(np.mean((problem.given == problem.true)[unseen])),
        "label_accuracy_after": rounded(
            np.mean((trainer.soft_labels().argmax(axis=1) == problem.true)[unseen])
        ),
        "seconds": round(seconds, 1),
    }


def _accuracy(predictions: Any, labels: Any) -> float:
    return float(np.mean(predictions.argmax(axis=1) == labels))
