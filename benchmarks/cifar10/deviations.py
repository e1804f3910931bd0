"""What the defaults that differ from a method's source change on the replica of table I.

    python -m benchmarks.cifar10.deviations --data cifar10.parquet [--seeds N]

Each cell has one of our defaults in place of the source's setting, at 60 % of the authors' noise. Without it,
it is a cell of the replica. Records are appended to `benchmarks/results/deviations.json`; those that are
there are not measured again.
"""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.cifar10.cells import Cell
from benchmarks.cifar10.replica import BATCH_SIZE, LEARNING_RATE, replica_cell, run_replica
from benchmarks.cifar10.replica_report import summary
from benchmarks.common.markdown import origin, percent, table
from benchmarks.common.results import FOLDER, Record
from benchmarks.problems.datasets import existing_file
from benchmarks.problems.problem import Noise, NoiseLevel
from mslg_core.configs.base import LabelStep, Method

FILE = "deviations.json"
COLUMN = NoiseLevel(Noise.AUTHORS, 0.6)
DIGITS = 1


class Deviation(NamedTuple):
    """One of our defaults, as settings of a cell, and in words: the source's and ours."""

    method: Method
    settings: Mapping[str, Any]
    theirs: str
    ours: str

    def cell(self, seed: int) -> Cell:
        """The cell of the replica with our default."""
        cell = replica_cell(self.method, COLUMN, seed)
        return cell.model_copy(update={"settings": {**cell.settings, **self.settings}})


# `alpha` is set to what its default is on the replica, so that the record says it.
DEVIATIONS = (
    Deviation(Method.MSLG, {"alpha": LEARNING_RATE}, "α = 0.5", "α = the initial learning rate"),
    Deviation(
        Method.MSLG, {"label_step": LabelStep.SCALED}, "labels move by β = 4000", "by 2 logits on average"
    ),
    Deviation(Method.MSLG, {"augment_meta": True}, "meta images as they are", "augmented"),
    Deviation(Method.MSLG, {"meta_batch_size": BATCH_SIZE // 2}, "meta batch as large", "half as large"),
    Deviation(Method.META_WEIGHT_NET, {"augment_meta": True}, "meta images as they are", "augmented"),
    Deviation(
        Method.META_WEIGHT_NET, {"meta_batch_size": BATCH_SIZE // 2}, "meta batch as large", "half as large"
    ),
    Deviation(Method.MLNT, {"alpha": LEARNING_RATE}, "α = 0.2", "α = the initial learning rate"),
    Deviation(Method.SYMMETRIC_CE, {"log_zero": -6.0}, "log 0 = -9.21", "-6"),
    Deviation(Method.PENCIL, {"alpha": 0.1, "beta": 0.4}, "α = 0.1, β = 0.8", "α = 0.1, β = 0.4"),
    Deviation(Method.PENCIL, {"average_over_classes": False}, "loss averaged over classes", "not averaged"),
    Deviation(Method.PENCIL, {"label_rate": None}, "λ = 400 / 128, scaled", "at most 2 logits per epoch"),
    Deviation(
        Method.JOINT_OPTIMIZATION, {"prior": "given_labels"}, "uniform prior", "shares of the given labels"
    ),
    Deviation(
        Method.JOINT_OPTIMIZATION,
        {"given_epochs": 1},
        "labels replaced after 35 % of the epochs",
        "after the first",
    ),
    Deviation(Method.CO_TEACHING, {"ramp_epochs": None}, "ramp of 10 epochs, scaled", "a fourth of all"),
)


def deviations_table(records: Sequence[Record], replica: Sequence[Record]) -> str:
    """A row per deviation: test accuracy with the source's setting, from the `replica`, and with ours."""
    note = [origin(records)] if records else []
    head = ["method", "theirs", "ours", "test accuracy, %: theirs", "ours"]
    return "\n\n".join([*note, table(head, [_row(one, records, replica) for one in DEVIATIONS])])


def _row(deviation: Deviation, records: Sequence[Record], replica: Sequence[Record]) -> list[str]:
    sources = replica_cell(deviation.method, COLUMN, 0)
    cells = [_accuracy(replica, sources), _accuracy(records, deviation.cell(0))]
    return [deviation.method.value, deviation.theirs, deviation.ours, *cells]


def _accuracy(records: Iterable[Record], wanted: Cell) -> str:
    """Over all seeds."""
    key = {**wanted.key(), "seed": None}
    return percent([r["test_accuracy"] for r in records if {**r["cell"], "seed": None} == key], DIGITS)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="CIFAR-10 as Parquet")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--results", type=Path, default=FOLDER, help="folder of the result file")
    options = parser.parse_args(arguments)
    cells = [deviation.cell(seed) for seed in range(options.seeds) for deviation in DEVIATIONS]
    for record in run_replica(cells, existing_file(options.data), options.results / FILE, "cpu"):
        print(summary(record), flush=True)


if __name__ == "__main__":
    main()
