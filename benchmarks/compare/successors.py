"""Do MSLG's successors earn their place? `python -m benchmarks.compare.successors --cifar10 F --photos F`.

MetaLabelNet and EMLC's teacher against MSLG, and against MSLG's warm-up alone, on the same patch features
and with the same epochs, rates and warm-up. A run that fell back to its warm-up is shown by the network after
the warm-up. Records are appended to `benchmarks/results/successors.json`; those that are there are not
measured again.
"""

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.common import results
from benchmarks.common.markdown import difference, origin, percent, table
from benchmarks.common.results import FOLDER, Record
from benchmarks.compare.compare import Case, Source
from benchmarks.compare.successor_methods import EmlcTrainer, MetaLabelNetTrainer, SlowMetaLabelNetTrainer
from benchmarks.problems.figures import label_figures, rounded
from benchmarks.problems.problem import Noise, Problem
from benchmarks.problems.tie_breaker import cache_folder
from benchmarks.problems.training import Trained, as_cleaning, train
from mslg_core.configs.base import Backbone, Method
from mslg_core.configs.job import parse_config
from mslg_core.features.cache import FeatureCache, FolderCache
from mslg_core.training.trainer import Trainer

FILE = "successors.json"
SEEDS = 3
NOISES = (Noise.UNIFORM, Noise.FEATURE)
RATE = 0.4
# The photographs are made small: patches of 224 px take minutes.
SIZES: Mapping[Source, Mapping[str, int]] = {
    Source.DIGITS: {"images": 1_000, "side": 8, "verified": 200},
    Source.CIFAR10: {"images": 2_000, "side": 32, "verified": 400},
    Source.PHOTOS: {"images": 2_000, "side": 32, "verified": 400},
}
RETURNED = ("holdout_accuracy", "test_accuracy")
SUGGESTED = ("holdout_accuracy_of_suggestions", "suggestion_accuracy")
WARM_UP, MSLG = "warm-up alone", "MSLG"
TRAINERS: Mapping[str, type[Trainer]] = {
    WARM_UP: Trainer,
    MSLG: Trainer,
    "MetaLabelNet, rate 0.01": MetaLabelNetTrainer,
    "MetaLabelNet, rate 0.001": SlowMetaLabelNetTrainer,
    "EMLC's teacher": EmlcTrainer,
}


class Trial(NamedTuple):
    """A case and the name of what cleans it."""

    case: Case
    name: str

    def key(self) -> Record:
        """What identifies the trial in the result file."""
        return {"case": self.case.key(), "name": self.name}


def trials(sources: Iterable[Source], seeds: int) -> list[Trial]:
    """All trials. The seed varies slowest, so that an interrupted run leaves complete tables."""
    sources = list(sources)
    cases = [
        Case.model_validate({"source": source, "noise": noise, "rate": RATE, "seed": seed, **SIZES[source]})
        for seed in range(seeds)
        for source in sources
        for noise in NOISES
    ]
    return [Trial(case, name) for case in cases for name in TRAINERS]


def measure_missing(wanted: Iterable[Trial], files: Mapping[Source, Path], out: Path) -> Iterator[Record]:
    """Measure the trials that are not in `out` yet. Appends each record to `out` and yields it."""
    done = [{"case": record["case"], "name": record["name"]} for record in results.read(out)]
    cache = FolderCache(cache_folder() / "features")
    tasks = [
        partial(_load_and_measure, one, files.get(one.case.source), cache)
        for one in wanted
        if one.key() not in done
    ]
    yield from results.collect(tasks, out, "cpu")


def _load_and_measure(trial: Trial, data: Path | None, cache: FeatureCache) -> Record:
    return measure(trial, trial.case.problem(trial.case.load(data)), cache)


def measure(trial: Trial, problem: Problem, cache: FeatureCache | None = None) -> Record:
    """Record of a trial, without provenance."""
    settings: dict[str, Any] = {"method": Method.MSLG, "backbone": Backbone.PATCHES, "seed": trial.case.seed}
    if trial.name == WARM_UP:
        warmup = Trainer(problem.training_set(), parse_config(settings), "cpu", cache).plan.warmup_epochs
        settings |= {"epochs": warmup, "warmup_epochs": warmup}
    config = parse_config(settings | trial.case.settings)
    trained = train(problem.training_set(), config, problem, "cpu", cache, TRAINERS[trial.name])
    figures = label_figures(problem, as_cleaning(problem, trained))
    return {
        **trial.key(),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        **_accuracies(trained),
        **{name: value for name, value in figures.items() if name != "seconds"},
    }


def _accuracies(trained: Trained) -> Record:
    """Accuracy of the network after its last epoch and after the warm-up, and of the suggestions, which also
    use a ridge regression.
    """
    summary, curve = trained.trainer.result().summary, trained.curve
    held = summary.holdout.suggestion_accuracy
    return {
        "fell_back": summary.fallback_reason is not None,
        "held_out": len(trained.trainer.training_set.holdout_index),
        "holdout_accuracy": rounded(curve.holdout[-1]),
        "holdout_accuracy_after_warmup": rounded(curve.holdout[trained.trainer.plan.warmup_epochs - 1]),
        "holdout_accuracy_of_suggestions": held and rounded(held.value),
        "test_accuracy": rounded(curve.test[-1]),
        "test_accuracy_after_warmup": rounded(curve.after_warmup),
    }


def successors_table(records: Sequence[Record]) -> str:
    """A row for each noisy dataset and each successor, over seeds. Differences are paired by seed."""
    if not records:
        return "None yet."
    head = ["data", "", "seeds", "fell back", "hold-out, %", "test, %", "against MSLG: hold-out", "test"]
    head += ["suggestions right: hold-out, %", "unverified, %"]
    ours = {_case(record): record for record in records if record["name"] == MSLG}
    ordered = sorted(records, key=_place)
    rows = [_row(list(group), ours) for _, group in groupby(ordered, key=_place)]
    return "\n\n".join([origin(records), table(head, rows)])


def _place(record: Record) -> tuple[str, str, int]:
    case = record["case"]
    return case["source"], case["noise"], list(TRAINERS).index(record["name"])


def _case(record: Record) -> str:
    return Case.model_validate(record["case"]).model_dump_json()


def _row(group: Sequence[Record], ours: Mapping[str, Record]) -> list[str]:
    pairs = [(record, ours[_case(record)]) for record in group if _case(record) in ours]
    return [
        _title(group[0]["case"]),
        group[0]["name"],
        str(len(group)),
        f"{sum(r['fell_back'] for r in group)} of {len(group)}",
        *(percent([returned(r, name) for r in group], 1) for name in RETURNED),
        *(
            difference([100 * (returned(one, name) - returned(mslg, name)) for one, mslg in pairs])
            for name in RETURNED
        ),
        *(percent([r[name] for r in group], 1) for name in SUGGESTED),
    ]


def _title(case: Record) -> str:
    size = f"{case['images']:,} of {case['side']} px"
    return f"{case['source']} ({size}), {case['noise']} {case['rate']:.0%}".replace("%", " %")


def returned(record: Record, name: str) -> float:
    """The accuracy `name` of the network whose predictions the run returned."""
    accuracy: float = record[f"{name}_after_warmup" if record["fell_back"] else name]
    return accuracy


def summary(record: Record) -> str:
    """One line for the terminal."""
    case = record["case"]
    return (
        f"{case['source']}, {case['noise']}, seed {case['seed']}, {record['name']}: hold-out "
        f"{returned(record, 'holdout_accuracy')}, test {returned(record, 'test_accuracy')}, suggestions "
        f"right {record['suggestion_accuracy']}, fell back: {record['fell_back']}"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is missing, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cifar10", type=Path, help="CIFAR-10 as Parquet")
    parser.add_argument("--photos", type=Path, help="photographs as Parquet")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--results", type=Path, default=FOLDER, help="folder of the result file")
    options = parser.parse_args(arguments)
    files = {Source.CIFAR10: options.cifar10, Source.PHOTOS: options.photos}
    files = {source: path for source, path in files.items() if path}
    out = options.results / FILE
    for record in measure_missing(trials([Source.DIGITS, *files], options.seeds), files, out):
        print(summary(record), flush=True)
    print(successors_table(results.read(out)))


if __name__ == "__main__":
    main()
