"""The alternatives to MSLG: confident learning with cleanlab, and ranking by loss.

Both train the network or head of MSLG's plan with cross entropy, on the same features and with the same
epochs, batches and rates. Both know the verified labels, which replace the given ones for training and for
finding label errors.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.errors import BenchmarkError
from benchmarks.problems.datasets import Ints
from benchmarks.problems.figures import Cleaning
from benchmarks.problems.problem import Problem
from mslg_core.configs.base import Backbone, Method, TrainingConfig
from mslg_core.configs.job import JobConfig, parse_config
from mslg_core.configs.plan import Plan
from mslg_core.features.cache import FeatureCache
from mslg_core.images.training_set import TrainingSet
from mslg_core.training.trainer import Trainer

FOLDS = 5
PLANNED = ("epochs", "warmup_epochs", "batch_size", "learning_rate", "shift")

Probabilities = NDArray[np.float32]


def plain_config(config: TrainingConfig, plan: Plan) -> JobConfig:
    """Cross entropy, with all other settings as in a run of `config` that was planned as `plan`."""
    shared: dict[str, Any] = {name: getattr(config, name) for name in TrainingConfig.model_fields}
    planned = {name: getattr(plan, name) for name in PLANNED}
    if config.backbone is Backbone.TRAIN:
        planned["network"] = plan.network
    return parse_config({**shared, **planned, "method": Method.CROSS_ENTROPY})


def rank_by_loss(
    problem: Problem, config: JobConfig, device: str, cache: FeatureCache | None = None
) -> Cleaning:
    """Rank labels by their loss after training on them, the highest first. Corrects nothing."""
    everything = np.arange(len(problem.true))
    predictions, seconds = _train(problem.plain_training_set(), config, everything, device, cache)
    labels = problem.settled()
    score = predictions[np.arange(len(labels)), labels]
    return Cleaning(score, predictions.argmax(axis=1), labels, seconds)


class Learned(NamedTuple):
    """Result of confident learning on N samples: out-of-sample predictions float32 [N, C]; flagged bool [N],
    never true for verified samples; `seconds` of training.
    """

    predictions: Probabilities
    flagged: NDArray[np.bool_]
    seconds: float


def cleanlab(problem: Problem, config: JobConfig, device: str, cache: FeatureCache | None = None) -> Cleaning:
    """Replace labels that confident learning flags by the predicted class.

    Raises:
        BenchmarkError: cleanlab is not installed.
    """
    learned = confident_learning(problem, config, device, cache)
    labels, suggestion = problem.settled(), learned.predictions.argmax(axis=1)
    from cleanlab.rank import get_label_quality_scores

    return Cleaning(
        score=get_label_quality_scores(labels, learned.predictions),
        suggestion=suggestion,
        corrected=np.where(learned.flagged, suggestion, labels),
        seconds=learned.seconds,
    )


def confident_learning(
    problem: Problem, config: JobConfig, device: str, cache: FeatureCache | None = None
) -> Learned:
    """Confident learning on out-of-sample predictions of `FOLDS` networks, with cleanlab's default settings.

    Source: Northcutt, Jiang and Chuang, arXiv 1911.00068.

    Raises:
        BenchmarkError: cleanlab is not installed.
    """
    try:
        from cleanlab.filter import find_label_issues
    except ImportError as error:
        raise BenchmarkError("cleanlab is not installed: pip install 'mslg[bench]'.") from error
    predictions, seconds = _out_of_sample(problem, config, device, cache)
    flagged = find_label_issues(problem.settled(), predictions, n_jobs=1) & problem.unseen
    return Learned(predictions, flagged, seconds)


def _out_of_sample(
    problem: Problem, config: JobConfig, device: str, cache: FeatureCache | None
) -> tuple[Probabilities, float]:
    """Predictions [N, C] for every sample by a network not trained on it, and seconds of training."""
    predictions = np.empty((len(problem.true), len(problem.classes)), dtype=np.float32)
    total = 0.0
    for held_out in folds(problem.settled(), FOLDS, config.seed):
        training_set = problem.plain_training_set(left_out=held_out)
        predictions[held_out], seconds = _train(training_set, config, held_out, device, cache)
        total += seconds
    return predictions, total


def folds(labels: Ints, count: int, seed: int) -> list[Ints]:
    """Indices of `count` stratified folds."""
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(len(labels))
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    return [np.sort(by_class[part::count]) for part in range(count)]


def _train(
    training_set: TrainingSet, config: JobConfig, index: Ints, device: str, cache: FeatureCache | None
) -> tuple[Probabilities, float]:
    """Predictions [K, C] for the samples `index` int64 [K], and seconds of training."""
    trainer = Trainer(training_set, config, device, cache)
    seconds = sum(report.seconds for report in trainer.run())
    return trainer.predict_samples(index), seconds
