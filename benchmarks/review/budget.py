"""The error budget on first jobs: how many of the suggestions accepted without review are wrong?

    python -m benchmarks.review.budget --cifar10 cifar10.parquet --photos clothing.parquet

Each job knows only randomly verified samples, and accepts suggestions within a budget of 2 % as the service
does. Records are appended to `benchmarks/results/budget.json`; those that are there are not measured again.
"""

import argparse
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from benchmarks.common import results
from benchmarks.common.markdown import origin, table
from benchmarks.common.results import FOLDER, Record
from benchmarks.problems.datasets import Dataset, existing_file, load_cifar10, load_digits_dataset
from benchmarks.problems.photos import load_photos
from benchmarks.problems.problem import Noise, NoiseLevel, Problem, draw_verified, make_noise
from benchmarks.review.tools import spend_budget
from mslg_core.configs.base import Method
from mslg_core.configs.job import parse_config
from mslg_core.features.cache import FeatureCache, MemoryCache
from mslg_core.training.model_selection import make_trainer

FILE = "budget.json"
MAX_ERROR = 0.02
KINDS = (Noise.UNIFORM, Noise.FEATURE, Noise.ANNOTATOR)
RATES = (0.2, 0.4)
VERIFIED = (100, 300)
DIGITS = 4
# The rule of the error budget was chosen on seed 0.
FIRST_SEED = 1
# Fewer accepted suggestions say little about a share of 2 %.
MANY = 50


class Source(StrEnum):
    """The dataset that images come from."""

    DIGITS = "digits"
    CIFAR10 = "cifar10"
    PHOTOS = "photos"


# Training images; all photographs are 3,409. The same in every job, so that features are extracted once.
IMAGES = {Source.DIGITS: 1_400, Source.CIFAR10: 3_000, Source.PHOTOS: 3_409}
# Sides of the images that jobs see, in pixels.
CIFAR10_SIDE, PHOTO_SIDE = 32, 224


class BudgetCase(BaseModel):
    """A noisy dataset with randomly verified samples. The seed decides about noise, verified set and job."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Source
    noise: Noise
    rate: float
    verified: int
    seed: int
    images: int

    def load(self, files: dict[Source, Path | None]) -> Dataset:
        """Load the dataset from its Parquet file; the digits have none.

        Raises:
            BenchmarkError: the file is missing or cannot be read.
        """
        match self.source:
            case Source.DIGITS:
                return load_digits_dataset(self.images, 0)
            case Source.CIFAR10:
                return load_cifar10(existing_file(files[self.source]), self.images, 0, 0, CIFAR10_SIDE)
            case Source.PHOTOS:
                return load_photos(existing_file(files[self.source]), self.images, 0, PHOTO_SIDE)

    def problem(self, dataset: Dataset) -> Problem:
        """Add noise to the labels and draw the verified samples."""
        given = make_noise(self.noise, dataset, self.rate, self.seed)
        return draw_verified(dataset, given, self.verified, self.seed)


def all_cases(sources: Iterable[Source], seeds: int) -> list[BudgetCase]:
    """All jobs; per source they differ in noise, rate, verified samples and seed."""
    return [
        BudgetCase(source=source, noise=noise, rate=rate, verified=verified, seed=seed, images=IMAGES[source])
        for source in sources
        for seed in range(FIRST_SEED, FIRST_SEED + seeds)
        for noise in KINDS
        for rate in RATES
        for verified in VERIFIED
    ]


def load_and_run(case: BudgetCase, files: dict[Source, Path | None], cache: FeatureCache) -> Record:
    """Run one job and return its record, without provenance."""
    return run_case(case, case.problem(case.load(files)), cache)


def run_case(case: BudgetCase, problem: Problem, cache: FeatureCache) -> Record:
    """Record of a job, without provenance: accepted suggestions, and the wrong ones among them."""
    data = problem.training_set()
    trainer = make_trainer(data, parse_config({"method": Method.MSLG, "seed": case.seed}), "cpu", cache)
    for _ in trainer.run():
        pass
    result = trainer.result()
    spent = spend_budget(MAX_ERROR, result, data, problem.verified)
    wrong = result.suggestion[spent.samples] != problem.true[spent.samples]
    return {
        "case": case.model_dump(mode="json"),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "label_accuracy_before": round(float(np.mean(problem.given == problem.true)), DIGITS),
        "holdout": len(data.holdout_index),
        "flagged": int((result.is_label_issue & problem.unseen).sum()),
        "accepted": len(spent.samples),
        "wrong": int(wrong.sum()),
        "inflation": round(spent.inflation, DIGITS),
        "expected_error": round(spent.expected_error, DIGITS),
    }


def summary(record: Record) -> str:
    """A line for the terminal."""
    share = f"({record['wrong'] / record['accepted']:.1%})" if record["accepted"] else ""
    accepted = f"accepted {record['accepted']} of {record['flagged']} flagged"
    return f"{_title(record)}: {accepted}, wrong {record['wrong']} {share}".rstrip()


def budget_table(records: Sequence[Record]) -> str:
    """A row per source and one for all: accepted suggestions, wrong ones, and the worst jobs."""
    rows = [_row(source, [r for r in records if r["case"]["source"] == source]) for source in Source]
    worst = ["worst job", f"worst with {MANY} accepted or more"]
    head = ["", "jobs", "flagged", "accepted", "wrong", "share wrong", "expected", *worst]
    return "\n\n".join([origin(records), table(head, [*rows, _row("all", records)])])


def _row(name: str, records: Sequence[Record]) -> list[str]:
    flagged, accepted, wrong = (sum(r[key] for r in records) for key in ("flagged", "accepted", "wrong"))
    expected = sum(r["expected_error"] * r["accepted"] for r in records)
    counts = (f"{count:,}" for count in (len(records), flagged, accepted, wrong))
    shares = _percent(wrong, accepted), _percent(expected, accepted)
    return [name, *counts, *shares, _worst(records), _worst([r for r in records if r["accepted"] >= MANY])]


def _worst(records: Sequence[Record]) -> str:
    if not records:
        return "–"
    worst = max(records, key=_share_wrong)
    share = _percent(worst["wrong"], worst["accepted"])
    return f"{worst['wrong']} of {worst['accepted']} ({share}): {_title(worst)}"


def _share_wrong(record: Record) -> float:
    return float(record["wrong"] / max(1, record["accepted"]))


def _percent(part: float, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def _title(record: Record) -> str:
    case = record["case"]
    noise = NoiseLevel.of(case["noise"], case["rate"]).title
    return f"{case['source']}, {noise}, {case['verified']} verified, seed {case['seed']}"


def main() -> None:
    """Measure what is missing, then print the table of all jobs."""
    parser = argparse.ArgumentParser(description="Measure the error budget on first jobs.")
    parser.add_argument("--cifar10", type=Path, help="CIFAR-10 as Parquet; without it, it is left out")
    parser.add_argument("--photos", type=Path, help="photographs as Parquet; without it, they are left out")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--results", type=Path, default=FOLDER, help="folder of the result file")
    arguments = parser.parse_args()
    files = {Source.DIGITS: None, Source.CIFAR10: arguments.cifar10, Source.PHOTOS: arguments.photos}
    sources = [source for source in Source if source is Source.DIGITS or files[source]]
    out, cache = arguments.results / FILE, MemoryCache()
    known = [record["case"] for record in results.read(out)]
    cases = all_cases(sources, arguments.seeds)
    missing = [case for case in cases if case.model_dump(mode="json") not in known]
    for record in results.collect(
        [partial(load_and_run, case, files, cache) for case in missing], out, "cpu"
    ):
        print(summary(record), flush=True)
    print(budget_table(results.read(out)))


if __name__ == "__main__":
    main()
