"""The tools that order samples for the reviewer: random order, MSLG's alternatives, and MSLG as the service
runs it.

All but the random order follow the same rule: the sample whose exported label is least probable comes first.
The exported label is the suggestion where it is accepted, and the given label elsewhere.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.compare.peers import Learned, plain_config
from benchmarks.problems.datasets import Ints
from benchmarks.problems.problem import Problem
from benchmarks.review.desk import Turn
from mslg_core.configs.job import JobConfig
from mslg_core.configs.plan import make_plan, with_backbone
from mslg_core.features.cache import FeatureCache, MemoryCache
from mslg_core.images.training_set import TrainingSet
from mslg_core.ranking.error_budget import accept, inflation
from mslg_core.ranking.result import CleaningResult
from mslg_core.training.model_selection import make_trainer
from mslg_core.training.warm_start import COLD_START, Start
from mslg_rules.holdout import ClassSplit, share_of_holdout

# A tool is run again after this many new decisions or this share of the earlier ones, whichever is more.
NEW_DECISIONS, GROWTH = 30, 0.25
# Verified samples per class before a job can start, and size of the hold-out before a job is worth running.
MIN_PER_CLASS, MIN_HOLDOUT = ClassSplit().needed(), 15

# The error budget for accepting suggestions without review.
MAX_ERROR = 0.02

Learn = Callable[[Problem, JobConfig, str, FeatureCache], Learned]


class Policy(StrEnum):
    """Which suggestions are accepted without review, as in the service. The sign test is its default."""

    NOTHING = "nothing"
    SIGN_TEST = "sign test"
    BUDGET = "budget"


@dataclass(slots=True)
class Runner:
    """Trains on one problem and sums up `seconds` of training and `runs`.

    All runs share the cache of features. `start` is where the next run starts from.
    """

    problem: Problem
    config: JobConfig
    device: str
    cache: FeatureCache = field(default_factory=MemoryCache)
    seconds: float = 0.0
    runs: int = 0
    start: Start = COLD_START

    def train(self, training_set: TrainingSet) -> CleaningResult:
        """Run MSLG. Every run but the first is warm-started from the previous one."""
        trainer = make_trainer(training_set, self.config, self.device, self.cache, self.start)
        self.seconds += sum(report.seconds for report in trainer.run())
        self.runs += 1
        self.start = Start(trainer.starting_point())
        return trainer.result()


@dataclass(frozen=True, slots=True)
class RandomOrder:
    """Random order, the baseline."""

    problem: Problem
    seed: int

    def __call__(self, decided: Ints) -> Turn:
        """See `Tool`."""
        order = np.random.default_rng(self.seed).permutation(len(self.problem.true))
        return Turn(order[~np.isin(order, decided)], self.problem.given)


@dataclass(frozen=True, slots=True)
class Alternative:
    """Confident learning or the vote of neighbours, run once or again with the labels settled so far.

    `accepting`: flagged labels take the predicted class until they are reviewed.
    """

    runner: Runner
    learn: Learn
    rerun: bool
    accepting: bool = False

    def __call__(self, decided: Ints) -> Turn:
        """See `Tool`."""
        runner = self.runner
        problem = replace(runner.problem, verified=np.sort(decided))
        gpu = runner.device.startswith("cuda")
        config = with_backbone(runner.config, gpu=gpu)
        plan = make_plan(config, len(problem.true), problem.images.shape[1], gpu=gpu)
        found = self.learn(problem, plain_config(config, plan), runner.device, runner.cache)
        runner.seconds += found.seconds
        runner.runs += 1
        labels = problem.given
        if self.accepting:
            labels = np.where(found.flagged, found.predictions.argmax(axis=1), labels)
        queue = least_probable(found.predictions, labels, decided)
        return Turn(queue[: _until_rerun(decided)] if self.rerun else queue, labels)


@dataclass(frozen=True, slots=True)
class Mslg:
    """A random verified set first, then the ranking of a job, some of whose suggestions are accepted."""

    runner: Runner
    rerun: bool
    policy: Policy

    def __call__(self, decided: Ints) -> Turn:
        """See `Tool`."""
        problem = self.runner.problem
        random = random_queue(problem, self.runner.config.seed)
        if len(decided) < len(random):
            return Turn(random[len(decided) :], problem.given)
        training_set = make_training_set(problem, random, ranked=decided[len(random) :])
        result = self.runner.train(training_set)
        labels = exported(self.policy, result, training_set, decided)
        queue = least_probable(result.soft_labels, labels, decided)
        return Turn(queue[: _until_rerun(decided)] if self.rerun else queue, labels)


def least_probable(probabilities: NDArray[np.float32], labels: Ints, decided: Ints) -> Ints:
    """Samples without a decision, int64, ordered by the probability [N, C] of their label [N], ascending."""
    order = np.argsort(probabilities[np.arange(len(labels)), labels], kind="stable")
    return order[~np.isin(order, decided)]


def random_queue(problem: Problem, seed: int) -> Ints:
    """Randomly selected samples that build the verified set, int64, in the order of verification.

    While a class has too few verified samples, the next sample is drawn from those given the label of the
    class with the fewest. Then any sample is drawn until the hold-out is large enough. A sample counts for
    its true class, which is known once it is verified.
    """
    order = np.random.default_rng(seed).permutation(len(problem.true))
    drawn, seen = np.zeros(len(order), dtype=np.bool_), np.zeros(len(problem.classes), dtype=np.int64)
    queue: list[int] = []
    while not drawn.all() and (
        seen.min() < MIN_PER_CLASS or sum(map(share_of_holdout, seen.tolist())) < MIN_HOLDOUT
    ):
        left = order[~drawn[order]]
        lacking = [left[problem.given[left] == label] for label in np.argsort(seen, kind="stable")]
        candidates = [own for own, n in zip(lacking, np.sort(seen), strict=True) if n < MIN_PER_CLASS]
        sample = next((own[0] for own in candidates if len(own)), left[0])
        drawn[sample] = True
        seen[problem.true[sample]] += 1
        queue.append(int(sample))
    return np.array(queue, dtype=np.int64)


def make_training_set(problem: Problem, random: Ints, ranked: Ints) -> TrainingSet:
    """The training set of a job. The `random` samples are split like verified samples of the service.

    `ranked` samples are not a random sample, so they join the meta set and are excluded from evaluation.
    """
    true = problem.true
    learned, holdout = problem.split(random)
    meta = np.concatenate([learned, ranked])
    return TrainingSet(
        problem.images,
        problem.given,
        problem.classes,
        meta,
        true[meta],
        holdout,
        true[holdout],
        not_random=ranked,
    )


class Spent(NamedTuple):
    """An error budget spent as the service does: accepted samples int64 [K], the inflation factor, and the
    expected share of wrong suggestions among them.
    """

    samples: Ints
    inflation: float
    expected_error: float


def spend_budget(max_error: float, result: CleaningResult, data: TrainingSet, decided: Ints) -> Spent:
    """Accept suggestions within the error budget. Only flagged samples without a decision are candidates."""
    confidence = result.soft_labels[np.arange(data.num_samples), result.suggestion]
    flagged = result.is_label_issue[data.holdout_index]
    held = data.holdout_index[flagged]
    right = result.suggestion[held] == data.holdout_labels[flagged]
    factor = inflation(confidence[held], right, len(flagged))
    candidates = np.setdiff1d(np.flatnonzero(result.is_label_issue), decided)
    accepted = accept(confidence[candidates], max_error, factor)
    least = np.inf if accepted.min_confidence is None else accepted.min_confidence
    return Spent(candidates[confidence[candidates] >= least], factor, accepted.expected_error)


def exported(policy: Policy, result: CleaningResult, data: TrainingSet, decided: Ints) -> Ints:
    """Labels int64 [N] that an export gives samples without a decision: the suggestion where the policy
    accepts it, else the given label.
    """
    match policy:
        case Policy.NOTHING:
            accepted = np.array([], dtype=np.int64)
        case Policy.SIGN_TEST:
            accepted = np.flatnonzero(result.is_label_issue & result.summary.auto_accept)
        case Policy.BUDGET:
            accepted = spend_budget(MAX_ERROR, result, data, decided).samples
    labels = data.given.copy()
    labels[accepted] = result.suggestion[accepted]
    return labels


def _until_rerun(decided: Ints) -> int:
    return max(NEW_DECISIONS, round(GROWTH * len(decided)))
