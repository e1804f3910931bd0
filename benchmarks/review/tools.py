"""What decides which sample a reviewer gets next: chance, cleanlab, or MSLG as the product runs it.

All follow one rule: next comes what is most probably wrong *as it would be exported*. For a label that nobody
touched that is the given one's probability, for an accepted suggestion the suggestion's.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.compare.peers import confident_learning, plain_config
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
from mslg_rules.holdout import ClassSplit, Split, share_of_holdout

# A re-run is worth its minutes when so many decisions are new, and that share of those it would build on.
NEW_DECISIONS, GROWTH = 30, 0.25
# What a class needs before a job can start, and the hold-out before one is worth running.
FAIR_PER_CLASS, HOLDOUT = 3, 30


@dataclass(slots=True)
class Runner:
    """Trains on one problem; `seconds` of training and `runs` add up.

    All runs share the images' features, which are computed once. `start`: where our next run starts from.
    """

    problem: Problem
    config: JobConfig
    device: str
    cache: FeatureCache = field(default_factory=MemoryCache)
    seconds: float = 0.0
    runs: int = 0
    start: Start = COLD_START

    def train(self, training_set: TrainingSet) -> CleaningResult:
        """A run of ours; from the second on it goes on from what the one before has learned."""
        trainer = make_trainer(training_set, self.config, self.device, self.cache, self.start)
        self.seconds += sum(report.seconds for report in trainer.run())
        self.runs += 1
        self.start = Start(trainer.starting_point())
        return trainer.result()


@dataclass(frozen=True, slots=True)
class AtRandom:
    """No tool at all."""

    problem: Problem
    seed: int

    def __call__(self, decided: Ints) -> Turn:
        """See `Tool`."""
        order = np.random.default_rng(self.seed).permutation(len(self.problem.true))
        return Turn(order[~np.isin(order, decided)], self.problem.given)


@dataclass(frozen=True, slots=True)
class Cleanlab:
    """Confident learning: once, or again with the labels settled so far; `accepting`: labels that it flags
    take the predicted class until somebody looks.
    """

    runner: Runner
    rerun: bool
    accepting: bool = False

    def __call__(self, decided: Ints) -> Turn:
        """See `Tool`."""
        runner = self.runner
        problem = replace(runner.problem, verified=np.sort(decided))
        gpu = runner.device.startswith("cuda")
        config = with_backbone(runner.config, gpu=gpu)
        plan = make_plan(config, len(problem.true), problem.images.shape[1], gpu=gpu)
        found = confident_learning(problem, plain_config(config, plan), runner.device, runner.cache)
        runner.seconds += found.seconds
        runner.runs += 1
        labels = problem.given
        if self.accepting:
            labels = np.where(found.flagged, found.predictions.argmax(axis=1), labels)
        queue = least_probable(found.predictions, labels, decided)
        return Turn(queue[: _until_rerun(decided)] if self.rerun else queue, labels)


@dataclass(frozen=True, slots=True)
class Mslg:
    """A fair verified set from nothing, then a job's ranking, its top first; `max_error`: the error budget
    for suggestions that are accepted unseen, None to accept none.
    """

    runner: Runner
    rerun: bool
    max_error: float | None

    def __call__(self, decided: Ints) -> Turn:
        """See `Tool`."""
        problem = self.runner.problem
        fair = fair_queue(problem, self.runner.config.seed)
        if len(decided) < len(fair):
            return Turn(fair[len(decided) :], problem.given)
        picked = decided[len(fair) :]
        training_set = make_training_set(problem, fair, picked)
        result = self.runner.train(training_set)
        labels = problem.given
        if self.max_error is not None:
            labels = accept_within(self.max_error, result, training_set, decided)
        queue = least_probable(result.soft_labels, labels, decided)
        return Turn(queue[: _until_rerun(decided)] if self.rerun else queue, labels)


def least_probable(probabilities: NDArray[np.float32], labels: Ints, decided: Ints) -> Ints:
    """Samples that are not decided, int64, those first whose label is the least probable, [N, C] and [N]."""
    order = np.argsort(probabilities[np.arange(len(labels)), labels], kind="stable")
    return order[~np.isin(order, decided)]


def fair_queue(problem: Problem, seed: int) -> Ints:
    """The samples that build a verified set from nothing, int64, in the order in which they are verified.

    First, while a class lacks settled samples, one that was given the label of the class that lacks most;
    then any, until the hold-out is large enough to measure on. What a sample's class really is comes to light
    as it is verified, and only then counts.
    """
    order = np.random.default_rng(seed).permutation(len(problem.true))
    drawn, seen = np.zeros(len(order), dtype=np.bool_), np.zeros(len(problem.classes), dtype=np.int64)
    queue: list[int] = []
    while not drawn.all() and (
        seen.min() < FAIR_PER_CLASS or sum(map(share_of_holdout, seen.tolist())) < HOLDOUT
    ):
        left = order[~drawn[order]]
        lacking = [left[problem.given[left] == label] for label in np.argsort(seen, kind="stable")]
        candidates = [own for own, n in zip(lacking, np.sort(seen), strict=True) if n < FAIR_PER_CLASS]
        sample = next((own[0] for own in candidates if len(own)), left[0])
        drawn[sample] = True
        seen[problem.true[sample]] += 1
        queue.append(int(sample))
    return np.array(queue, dtype=np.int64)


def make_training_set(problem: Problem, fair: Ints, picked: Ints) -> TrainingSet:
    """What a job gets: of the samples that chance drew, 30 % of each class are held out, as they came; those
    that a ranking picked all join the meta set, and nothing is judged by them.
    """
    true = problem.true
    counts: dict[int, ClassSplit] = defaultdict(ClassSplit)
    held = np.array([counts[label].join() is Split.HOLDOUT for label in true[fair].tolist()], dtype=np.bool_)
    meta, holdout = np.concatenate([fair[~held], picked]), fair[held]
    return TrainingSet(
        problem.images,
        problem.given,
        problem.classes,
        meta,
        true[meta],
        holdout,
        true[holdout],
        not_random=picked,
    )


def accept_within(max_error: float, result: CleaningResult, data: TrainingSet, decided: Ints) -> Ints:
    """The given labels int64 [N], but for flagged samples without a decision whose suggestion the error
    budget accepts.
    """
    confidence = result.soft_labels[np.arange(data.num_samples), result.suggestion]
    flagged = result.is_label_issue[data.holdout_index]
    held = data.holdout_index[flagged]
    factor = inflation(confidence[held], result.suggestion[held] == data.holdout_labels[flagged])
    candidates = np.setdiff1d(np.flatnonzero(result.is_label_issue), decided)
    least = accept(confidence[candidates], max_error, factor).min_confidence
    chosen = candidates[confidence[candidates] >= (np.inf if least is None else least)]
    labels = data.given.copy()
    labels[chosen] = result.suggestion[chosen]
    return labels


def _until_rerun(decided: Ints) -> int:
    return max(NEW_DECISIONS, round(GROWTH * len(decided)))
