"""What the defaults that differ from a method's source change on the replica of table I.

    python -m benchmarks.cifar10.deviations --data cifar10.parquet [--seeds N] [--method NAME]

Each row compares two runs with the same seed on the same CPU, at 60 % of the authors' noise: one as the
source does it, one with our default in place of a single setting. The rows of a method share the run of the
source. Records are appended to `benchmarks/results/deviations.json`; those that are there are not measured
again.
"""

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from math import sqrt
from pathlib import Path
from statistics import mean, stdev
from typing import Any, NamedTuple

from benchmarks.cifar10.cells import Cell
from benchmarks.cifar10.replica import BATCH_SIZE, LEARNING_RATE, load_and_measure, replica_cell
from benchmarks.cifar10.replica_report import summary
from benchmarks.cifar10.source_trainers import KaimingTrainer, MetaStatisticsTrainer
from benchmarks.common import results
from benchmarks.common.markdown import MISSING, difference, origin, percent, table
from benchmarks.common.results import FOLDER, Record
from benchmarks.problems.datasets import existing_file
from benchmarks.problems.problem import Noise, NoiseLevel
from mslg_core.configs.base import LabelStep, Method
from mslg_core.training.trainer import Trainer

FILE = "deviations.json"
COLUMN = NoiseLevel(Noise.AUTHORS, 0.6)
DIGITS = 1
HEAD = (
    "method",
    "theirs",
    "ours",
    "seeds",
    "test accuracy, %: theirs",
    "ours",
    "difference",
    "seen from",
    "effect",
)


class Run(NamedTuple):
    """A cell and the trainer of its network."""

    cell: Cell
    trainer: type[Trainer] = Trainer

    def key(self) -> Record:
        """What identifies the run in the result file."""
        own = {} if self.trainer is Trainer else {"trainer": self.trainer.__name__}
        return {"cell": self.cell.key(), **own}

    def measure(self, data: Path) -> Record:
        """Train and return the record, without provenance."""
        return load_and_measure(self.cell, data, "cpu", self.trainer) | self.key()


class Deviation(NamedTuple):
    """One of our defaults, in words and as settings of a cell. What has no setting has a trainer of the
    source instead.
    """

    method: Method
    theirs: str
    ours: str
    settings: Mapping[str, Any] = {}
    trainer: type[Trainer] = Trainer

    def source(self, seed: int) -> Run:
        """The run as in the source."""
        return Run(replica_cell(self.method, COLUMN, seed), self.trainer)

    def default(self, seed: int) -> Run:
        """The run with our default."""
        cell = replica_cell(self.method, COLUMN, seed)
        return Run(cell.model_copy(update={"settings": {**cell.settings, **self.settings}}))


# `alpha` is set to what its default is on the replica, so that the record says it.
DEVIATIONS = (
    Deviation(Method.MSLG, "α = 0.5", "α = the initial learning rate", {"alpha": LEARNING_RATE}),
    Deviation(
        Method.MSLG, "labels move by β = 4000", "by 2 logits on average", {"label_step": LabelStep.SCALED}
    ),
    Deviation(Method.MSLG, "losses averaged over classes", "not averaged", {"average_over_classes": False}),
    Deviation(Method.MSLG, "meta images as they are", "augmented", {"augment_meta": True}),
    Deviation(Method.MSLG, "meta batch as large", "half as large", {"meta_batch_size": BATCH_SIZE // 2}),
    Deviation(
        Method.MSLG,
        "the meta batch moves batch norm's statistics",
        "it does not",
        trainer=MetaStatisticsTrainer,
    ),
    Deviation(
        Method.MSLG, "Kaiming's normal distribution, with biases", "PyTorch's default", trainer=KaimingTrainer
    ),
    Deviation(Method.META_WEIGHT_NET, "meta images as they are", "augmented", {"augment_meta": True}),
    Deviation(
        Method.META_WEIGHT_NET, "meta batch as large", "half as large", {"meta_batch_size": BATCH_SIZE // 2}
    ),
    Deviation(Method.MLNT, "α = 0.2", "α = the initial learning rate", {"alpha": LEARNING_RATE}),
    Deviation(Method.SYMMETRIC_CE, "log 0 = -9.21", "-6", {"log_zero": -6.0}),
    Deviation(Method.PENCIL, "α = 0.1, β = 0.8", "α = 0.1, β = 0.4", {"alpha": 0.1, "beta": 0.4}),
    Deviation(Method.PENCIL, "loss averaged over classes", "not averaged", {"average_over_classes": False}),
    Deviation(Method.PENCIL, "λ = 400 / 128, scaled", "at most 2 logits per epoch", {"label_rate": None}),
    Deviation(
        Method.JOINT_OPTIMIZATION, "uniform prior", "shares of the given labels", {"prior": "given_labels"}
    ),
    Deviation(
        Method.JOINT_OPTIMIZATION,
        "labels replaced after 35 % of the epochs",
        "after the first",
        {"given_epochs": 1},
    ),
    Deviation(Method.CO_TEACHING, "ramp of 10 epochs, scaled", "a fourth of all", {"ramp_epochs": None}),
)


def runs(methods: Iterable[Method], seeds: int) -> list[Run]:
    """Each run once. The seed varies slowest, so that an interrupted run leaves complete tables."""
    methods = list(methods)
    pairs = [
        run
        for seed in range(seeds)
        for one in DEVIATIONS
        if one.method in methods
        for run in (one.source(seed), one.default(seed))
    ]
    return [run for number, run in enumerate(pairs) if run not in pairs[:number]]


def measure_missing(wanted: Iterable[Run], data: Path, out: Path) -> Iterator[Record]:
    """Measure the runs that are not in `out` yet. Appends each record to `out` and yields it."""
    done = [_key(record) for record in results.read(out)]
    yield from results.collect([partial(r.measure, data) for r in wanted if r.key() not in done], out, "cpu")


def deviations_table(records: Sequence[Record], replica: Sequence[Record]) -> str:
    """A row per deviation, over the seeds that both of its runs have.

    An effect is seen if the mean difference is at least two standard errors of the difference between two
    independent runs. The standard deviation between seeds is that of the method in the `replica`.
    """
    note = [origin(records)] if records else []
    return "\n\n".join([*note, table(HEAD, [_row(one, records, replica) for one in DEVIATIONS])])


def _row(deviation: Deviation, records: Sequence[Record], replica: Sequence[Record]) -> list[str]:
    pairs = _pairs(deviation, records)
    theirs, ours = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    accuracies = [percent(theirs, DIGITS), percent(ours, DIGITS)]
    effect = _effect([100 * (b - a) for a, b in pairs], _seed_deviation(deviation.method, replica))
    return [
        deviation.method.value,
        deviation.theirs,
        deviation.ours,
        str(len(pairs)),
        *accuracies,
        *effect,
    ]


def _pairs(deviation: Deviation, records: Iterable[Record]) -> list[tuple[float, float]]:
    """Test accuracy as in the source and with our default, for each seed that has both."""
    found = [(_key(record), record["test_accuracy"]) for record in records]
    seeds = sorted({key["cell"]["seed"] for key, _ in found})

    def of(run: Run) -> list[float]:
        return [accuracy for key, accuracy in found if key == run.key()][:1]

    both = [(of(deviation.source(seed)), of(deviation.default(seed))) for seed in seeds]
    return [(theirs[0], ours[0]) for theirs, ours in both if theirs and ours]


def _effect(differences: Sequence[float], deviation: float | None) -> tuple[str, str, str]:
    """The mean difference in points, the smallest that is seen, and whether it is."""
    shown = difference(differences)
    if not differences or deviation is None:
        return shown, MISSING, MISSING
    smallest = 2 * deviation * sqrt(2 / len(differences))
    seen = "seen" if abs(mean(differences)) >= smallest else "none seen"
    return shown, f"{smallest:.{DIGITS}f}", seen


def _seed_deviation(method: Method, replica: Iterable[Record]) -> float | None:
    """Standard deviation over seeds of the method's test accuracy in the replica, in points."""
    cell = replica_cell(method, COLUMN, 0).key() | {"seed": None}
    found = [100 * r["test_accuracy"] for r in replica if {**r["cell"], "seed": None} == cell]
    return stdev(found) if len(found) > 1 else None


def _key(record: Record) -> Record:
    return {name: record[name] for name in ("cell", "trainer") if name in record}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="CIFAR-10 as Parquet")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--method", type=Method, nargs="*", default=list(Method), help="only these methods")
    parser.add_argument("--results", type=Path, default=FOLDER, help="folder of the result file")
    options = parser.parse_args(arguments)
    wanted = runs(options.method, options.seeds)
    for record in measure_missing(wanted, existing_file(options.data), options.results / FILE):
        print(summary(record), flush=True)


if __name__ == "__main__":
    main()
