"""A simulated reviewer without errors: label accuracy after each decision."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.problems.datasets import Ints
from benchmarks.problems.problem import Problem


class Turn(NamedTuple):
    """What a tool does until it is called again.

    queue int64 [K]: samples without a decision, in the order in which the reviewer gets them.
    labels int64 [N]: what an export would give for samples without a decision.
    """

    queue: Ints
    labels: Ints


class Accepted(NamedTuple):
    """Labels changed without review after a number of decisions, and how many of them are wrong."""

    decisions: int
    changed: int
    wrong: int


class Course(NamedTuple):
    """A finished review of D decisions.

    accuracy float64 [D + 1]: share of right labels after 0 to D decisions. order int64 [D]: the samples in
    the order of the decisions. accepted: labels changed without review, by turn.
    """

    accuracy: NDArray[np.float64]
    order: Ints
    accepted: list[Accepted]

    def needed(self, accuracy: float) -> int | None:
        """Decisions until the label accuracy is reached for good; None if it never is.

        A re-run may accept other labels and make the export worse again, so a temporary peak does not count.
        """
        short = np.flatnonzero(self.accuracy < accuracy)
        decisions = int(short[-1]) + 1 if len(short) else 0
        return decisions if decisions < len(self.accuracy) else None


Tool = Callable[[Ints], Turn]
"""Maps the samples int64 [D], in the order of their decisions, to the next turn."""


def review(problem: Problem, tool: Tool, until: float) -> Course:
    """Follow a tool until the share `until` of the labels is right or every sample has a decision.

    Each decision sets the true label. Decisions on right labels count too.
    """
    labels, decided = problem.given.copy(), np.zeros(len(problem.true), dtype=np.bool_)
    accuracy = [_share(labels, problem.true)]
    order: list[int] = []
    accepted: list[Accepted] = []
    while accuracy[-1] < until and not decided.all():
        queue, proposed = tool(np.array(order, dtype=np.int64))
        labels = np.where(decided, problem.true, proposed)
        accuracy[-1] = _share(labels, problem.true)
        accepted.append(_count_accepted(problem, labels, decided))
        for sample in queue.tolist():
            if accuracy[-1] >= until:
                break
            decided[sample], labels[sample] = True, problem.true[sample]
            order.append(sample)
            accuracy.append(_share(labels, problem.true))
    return Course(np.array(accuracy), np.array(order, dtype=np.int64), accepted)


def _share(labels: Ints, true: Ints) -> float:
    return float(np.mean(labels == true))


def _count_accepted(problem: Problem, labels: Ints, decided: NDArray[np.bool_]) -> Accepted:
    changed = (labels != problem.given) & ~decided
    wrong = changed & (labels != problem.true)
    return Accepted(int(decided.sum()), int(changed.sum()), int(wrong.sum()))
