"""Trains on a problem and measures after every epoch."""

import time
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from benchmarks.problems.datasets import Ints
from benchmarks.problems.figures import Cleaning
from benchmarks.problems.problem import Problem
from mslg_core.configs.job import JobConfig
from mslg_core.features.cache import FeatureCache
from mslg_core.images.training_set import TrainingSet
from mslg_core.training.trainer import Trainer


@dataclass(slots=True)
class Curve:
    """Accuracy after every epoch on the test images and on the hold-out, if there is one.

    `after_warmup`: test accuracy at the end of the warm-up, NaN without one.
    """

    test: list[float] = field(default_factory=list)
    holdout: list[float] = field(default_factory=list)
    after_warmup: float = float("nan")

    @property
    def best_by_holdout(self) -> float | None:
        """Test accuracy of the first epoch with the best hold-out accuracy."""
        return self.test[int(np.argmax(self.holdout))] if self.holdout else None


@dataclass(frozen=True, slots=True)
class Trained:
    """A finished run. `seconds` exclude the measuring."""

    trainer: Trainer
    curve: Curve
    seconds: float


def train(  # noqa: PLR0913, PLR0917 - what a run depends on
    training_set: TrainingSet,
    config: JobConfig,
    problem: Problem,
    device: str = "auto",
    cache: FeatureCache | None = None,
    make_trainer: type[Trainer] = Trainer,
) -> Trained:
    """Train to the end and measure after every epoch."""
    trainer = make_trainer(training_set, config, device, cache)
    test_inputs = trainer.transform_new(problem.test_images)
    curve, seconds = Curve(), 0.0
    for report in trainer.run():
        seconds += report.seconds
        curve.test.append(_accuracy(trainer.predict(test_inputs), problem.test_labels))
        if report.phase == "warm_up":
            curve.after_warmup = curve.test[-1]
        held = training_set.holdout_index
        if len(held):
            curve.holdout.append(_accuracy(trainer.predict_samples(held), training_set.holdout_labels))
    return Trained(trainer, curve, seconds)


def as_cleaning(problem: Problem, trained: Trained) -> Cleaning:
    """What a user gets: suggestions are applied if the run recommends it, verified labels are settled.

    The seconds include making the result.
    """
    started = time.perf_counter()
    result = trained.trainer.result()
    seconds = trained.seconds + time.perf_counter() - started
    accepted = result.is_label_issue & result.summary.auto_accept
    corrected = np.where(accepted, result.suggestion, problem.given)
    corrected[problem.verified] = problem.true[problem.verified]
    return Cleaning(result.label_score, result.suggestion, corrected, seconds)


def _accuracy(predictions: NDArray[np.float32], labels: Ints) -> float:
    return float(np.mean(predictions.argmax(axis=1) == labels))
