"""`mslg bench compare`: MSLG and its alternatives on the same data, features and budget."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from benchmarks.common import results
from benchmarks.common.results import Record
from benchmarks.compare.peers import cleanlab, plain_config, rank_by_loss
from benchmarks.compare.vote import rank_by_vote
from benchmarks.problems.datasets import Dataset, existing_file, load_cifar10, load_digits_dataset
from benchmarks.problems.figures import label_figures, rounded
from benchmarks.problems.photos import load_photos
from benchmarks.problems.problem import Noise, Problem, draw_verified, make_noise
from benchmarks.problems.tie_breaker import cache_folder
from benchmarks.problems.training import Curve, as_cleaning, train
from mslg_core.configs.base import Method
from mslg_core.configs.job import parse_config
from mslg_core.features.cache import FolderCache

TEST_IMAGES = 1_000
# A run collapses if its test accuracy ends further than this below the warm-up's.
MAX_DROP = 0.05


class Source(StrEnum):
    """The dataset that images come from."""

    DIGITS = "digits"
    CIFAR10 = "cifar10"
    PHOTOS = "photos"


class Case(BaseModel):
    """A noisy dataset, its verified samples, and MSLG's settings. By default only the method is set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Source = Source.DIGITS
    noise: Noise = Noise.UNIFORM
    rate: float = Field(0.4, ge=0, le=1)
    seed: int = 0
    images: int = 1_000
    side: int = 8
    verified: int = 100
    settings: dict[str, Any] = {}
    labels: Path | None = None

    def key(self) -> Record:
        """What identifies the case in result files."""
        return self.model_dump(mode="json")

    def load(self, data: Path | None) -> Dataset:
        """Load the dataset. `data` is the Parquet file of CIFAR-10 or of photographs.

        Raises:
            BenchmarkError: the file is missing or cannot be read.
        """
        if self.source is Source.DIGITS:
            return load_digits_dataset(self.images, self.seed)
        if self.source is Source.PHOTOS:
            return load_photos(existing_file(data), self.images, self.seed, self.side)
        return load_cifar10(existing_file(data), self.images, TEST_IMAGES, self.seed, self.side)

    def problem(self, dataset: Dataset) -> Problem:
        """Add noise to the labels and draw the verified samples from the images."""
        given = make_noise(self.noise, dataset, self.rate, self.seed, self.labels)
        return draw_verified(dataset, given, self.verified, self.seed)


def run_cases(
    cases: Iterable[Case], data: Path | None, out: Path, device: str, jobs: int = 1
) -> Iterator[Record]:
    """Run the cases that are not in `out` yet. Appends each record to `out` and yields it."""
    done = [record["case"] for record in results.read(out)]
    missing = [case for case in cases if case.key() not in done]
    tasks = [partial(load_and_run, case, data, device) for case in missing]
    yield from results.collect(tasks, out, device, jobs)


def load_and_run(case: Case, data: Path | None, device: str) -> Record:
    """Run one case and return its record, without provenance."""
    return run_case(case, case.problem(case.load(data)), device)


def run_case(case: Case, problem: Problem, device: str) -> Record:
    """Record of a case, without provenance: metrics of each cleaner, and whether MSLG collapsed."""
    config = parse_config({"method": Method.MSLG, "seed": case.seed, **case.settings})
    cache = FolderCache(cache_folder() / "features")  # all learn from the same features
    ours = train(problem.training_set(), config, problem, device, cache)
    plan = ours.trainer.plan
    plain = plain_config(ours.trainer.config, plan)
    learned = cleanlab(problem, plain, device, cache)
    loss = rank_by_loss(problem, plain, device, cache)
    vote = rank_by_vote(problem, plain, device, cache)
    summary = ours.trainer.result().summary
    mslg = label_figures(problem, as_cleaning(problem, ours))
    return {
        "case": case.key(),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "backbone": str(ours.trainer.config.backbone),
        "features": ours.trainer.backbone,
        "network": plan.network.value,
        "epochs": plan.epochs,
        "mslg": mslg,
        "cleanlab": label_figures(problem, learned),
        "loss": label_figures(problem, loss),
        "vote": label_figures(problem, vote),
        "auto_accept": summary.auto_accept,
        "fell_back": summary.fallback_reason is not None,
        "test_accuracy_after_warmup": rounded(ours.curve.after_warmup),
        "test_accuracy": rounded(ours.curve.test[-1]),
        "collapsed": collapsed(mslg, ours.curve, kept_warm_up=summary.fallback_reason is not None),
    }


def collapsed(figures: Record, curve: Curve, *, kept_warm_up: bool) -> bool:
    """Whether the labels are worse than before, or the run kept a network that is more than `MAX_DROP`
    below its warm-up.
    """
    worse_labels = figures["label_accuracy_after"] < figures["label_accuracy_before"]
    return bool(worse_labels or (not kept_warm_up and curve.test[-1] < curve.after_warmup - MAX_DROP))
