"""One cell of a CIFAR-10 table: make the problem, train, measure."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator

from benchmarks.cifar10.paper import BETAS, IMAGES, TEST_IMAGES, VERIFIED
from benchmarks.common.results import Record
from benchmarks.problems.datasets import Dataset
from benchmarks.problems.figures import label_figures, rounded
from benchmarks.problems.problem import Noise, NoiseLevel, Problem, append_verified, draw_verified, make_noise
from benchmarks.problems.tie_breaker import cache_folder
from benchmarks.problems.training import as_cleaning, train
from mslg_core.configs.base import Method, Preset
from mslg_core.configs.job import JobConfig, parse_config
from mslg_core.features.cache import FolderCache


class Cell(BaseModel):
    """A method and the data it is trained on. `settings` override the preset."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Method = Method.MSLG
    noise: Noise = Noise.UNIFORM
    rate: float = Field(0.4, ge=0, le=1)
    seed: int = 0
    preset: Preset | None = None
    images: int = IMAGES
    side: int = 32
    verified: int = VERIFIED
    test_images: int = TEST_IMAGES
    settings: dict[str, Any] = {}
    labels: Path | None = None

    @field_validator("method")
    @classmethod
    def _check_single(cls, method: Method) -> Method:
        if method is Method.AUTO:
            raise ValueError("auto tries several methods: name one of them")
        return method

    @property
    def column(self) -> NoiseLevel:
        """The column of the table. The rate is 0 if there is no noise."""
        return NoiseLevel(self.noise, 0.0 if self.noise is Noise.NONE else self.rate)

    def key(self) -> Record:
        """What identifies the cell in result files."""
        return self.model_dump(mode="json")


def run_cell(cell: Cell, dataset: Dataset, device: str) -> Record:
    """Train one cell and return its record, without provenance. `dataset` must have the cell's seed."""
    problem = make_problem(cell, dataset)
    config = cell_config(cell, problem)
    cache = FolderCache(cache_folder() / "features")  # all methods learn from the same features
    trained = train(problem.training_set(holdout=cell.preset is None), config, problem, device, cache)
    plan, curve = trained.trainer.plan, trained.curve
    return {
        "cell": cell.key(),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "config": config.model_dump(mode="json", exclude_none=True, exclude={"transition"}),
        "network": plan.network.value,
        "epochs": plan.epochs,
        "test_accuracy": rounded(curve.test[-1]),
        "test_accuracy_best_by_holdout": curve.best_by_holdout and rounded(curve.best_by_holdout),
        "test_accuracy_after_warmup": rounded(curve.after_warmup),
        "test_curve": [round(value, 4) for value in curve.test],
        "auto_accept": trained.trainer.result().summary.auto_accept,
        **label_figures(problem, as_cleaning(problem, trained)),
    }


def make_problem(cell: Cell, dataset: Dataset) -> Problem:
    """The noisy dataset of a cell and its verified samples.

    The paper's preset appends clean images, as the paper does. Their given labels are always right, so they
    tell nothing about the noise. Otherwise the verified samples are drawn from the noisy ones, as in the
    service: `images` includes them, and all test images are tested on.

    Raises:
        BenchmarkError: see `append_verified`.
    """
    given = make_noise(cell.noise, dataset, cell.column.rate, cell.seed, cell.labels)
    if cell.preset is Preset.PAPER:
        return append_verified(dataset, given, cell.verified)
    return draw_verified(dataset, given, cell.verified, cell.seed)


def cell_config(cell: Cell, problem: Problem) -> JobConfig:
    """Config of the cell. The paper's preset adds what the paper's methods knew about the noise."""
    known: dict[str, Any] = {}
    if cell.preset is Preset.PAPER and cell.method is Method.MSLG and cell.column in BETAS:
        known["beta"] = BETAS[cell.column]
    if cell.preset is Preset.PAPER and cell.method is Method.FORWARD:
        known["transition"] = transition_matrix(problem)
    if cell.preset is Preset.PAPER and cell.method is Method.CO_TEACHING:
        known["forget_rate"] = float(np.mean((problem.true != problem.given)[problem.unseen]))
    preset = {"preset": cell.preset} if cell.preset else {}
    return parse_config({"method": cell.method, "seed": cell.seed, **preset, **known, **cell.settings})


def transition_matrix(problem: Problem) -> list[list[float]]:
    """Shares [C, C] of each true class (row) per given label (column), over the unverified samples."""
    unseen, size = problem.unseen, len(problem.classes)
    flat = np.bincount(problem.true[unseen] * size + problem.given[unseen], minlength=size**2)
    counts = flat.reshape(size, size).astype(np.float64)
    shares: list[list[float]] = (counts / counts.sum(axis=1, keepdims=True).clip(1)).tolist()
    return shares
