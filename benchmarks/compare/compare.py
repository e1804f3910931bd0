"""`mslg bench compare`: MSLG, cleanlab and the loss on the same data, network and budget."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from benchmarks.common import results
from benchmarks.common.errors import BenchmarkError
from benchmarks.common.results import Record
from benchmarks.compare.peers import cleanlab, plain_config, rank_by_loss
from benchmarks.problems.datasets import Dataset, load_cifar10, load_digits_dataset
from benchmarks.problems.figures import label_figures, rounded
from benchmarks.problems.problem import Noise, Problem, draw_verified, make_noise
from benchmarks.problems.training import Curve, as_cleaning, train
from mslg_core.configs.base import Method
from mslg_core.configs.job import parse_config
from mslg_core.features.cache import FolderCache

TEST_IMAGES = 1_000
# Test accuracy may not fall further below the warm-up's.
FAR = 0.05


class Source(StrEnum):
    """Where images come from."""

    DIGITS = "digits"
    CIFAR10 = "cifar10"


class Case(BaseModel):
    """A noisy dataset, what is known of it, and MSLG's settings, by default none but the method."""

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
        """What tells it from other cases, as records hold it."""
        return self.model_dump(mode="json")

    def load(self, data: Path | None) -> Dataset:
        """Its dataset. Raises `BenchmarkError`."""
        if self.source is Source.DIGITS:
            return load_digits_dataset(self.images, self.seed)
        if data is None:
            raise BenchmarkError("CIFAR-10 is needed: name its Parquet file with --data or MSLG_CIFAR10.")
        return load_cifar10(data, self.images, TEST_IMAGES, self.seed, self.side)

    def problem(self, dataset: Dataset) -> Problem:
        """Its noise and its verified samples, which are some of the images themselves."""
        given = make_noise(self.noise, dataset, self.rate, self.seed, self.labels)
        return draw_verified(dataset, given, self.verified, self.seed)


def run_cases(
    cases: Iterable[Case], data: Path | None, out: Path, device: str, jobs: int = 1
) -> Iterator[Record]:
    """Records of the cases that `out` does not hold yet, appended to it one by one."""
    done = [record["case"] for record in results.read(out)]
    missing = [case for case in cases if case.key() not in done]
    tasks = [partial(load_and_run, case, data, device) for case in missing]
    yield from results.collect(tasks, out, device, jobs)


def load_and_run(case: Case, data: Path | None, device: str) -> Record:
    """The record of a case, without its provenance."""
    return run_case(case, case.problem(case.load(data)), device)


def run_case(case: Case, problem: Problem, device: str) -> Record:
    """The record of a case, without its provenance: three cleaners' figures, and whether ours collapsed."""
    config = parse_config({"method": Method.MSLG, "seed": case.seed, **case.settings})
    with TemporaryDirectory() as folder:  # all describe the same images, where they are described
        cache = FolderCache(Path(folder))
        ours = train(problem.training_set(), config, problem, device, cache)
        plan = ours.trainer.plan
        plain = plain_config(ours.trainer.config, plan)
        learned = cleanlab(problem, plain, device, cache)
        loss = rank_by_loss(problem, plain, device, cache)
    summary = ours.trainer.result().summary
    mslg = label_figures(problem, as_cleaning(problem, ours))
    return {
        "case": case.key(),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "backbone": str(ours.trainer.config.backbone),
        "network": plan.network.value,
        "epochs": plan.epochs,
        "mslg": mslg,
        "cleanlab": label_figures(problem, learned),
        "loss": label_figures(problem, loss),
        "auto_accept": summary.auto_accept,
        "fell_back": summary.fallback_reason is not None,
        "test_accuracy_after_warmup": rounded(ours.curve.after_warmup),
        "test_accuracy": rounded(ours.curve.test[-1]),
        "collapsed": collapsed(mslg, ours.curve, kept_warm_up=summary.fallback_reason is not None),
    }


def collapsed(figures: Record, curve: Curve, *, kept_warm_up: bool) -> bool:
    """Whether labels ended worse than they were given, or a network far worse than its warm-up left it was
    kept.
    """
    worse_labels = figures["label_accuracy_after"] < figures["label_accuracy_before"]
    return bool(worse_labels or (not kept_warm_up and curve.test[-1] < curve.after_warmup - FAR))
