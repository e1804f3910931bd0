"""A reviewer who always knows: one decision after the other, and how right the labels are after each."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.problems.datasets import Ints
from benchmarks.problems.problem import Problem


class Turn(NamedTuple):
    """What a tool does until it thinks again.

    queue int64 [K]: samples without a decision, in the order in which the reviewer gets them; labels int64
    [N]: what an export would say of samples without a decision.
    """

    queue: Ints
    labels: Ints


class Accepted(NamedTuple):
    """Labels changed without a decision after so many decisions, and how many of them are wrong."""

    decisions: int
    changed: int
    wrong: int


class Course(NamedTuple):
    """accuracy float64 [D + 1]: share of all labels that is right after 0 to D decisions; order int64 [D]:
    the samples decided on; accepted: what each of the tool's turns changed by itself.
    """

    accuracy: NDArray[np.float64]
    order: Ints
    accepted: list[Accepted]

    def needed(self, accuracy: float) -> int | None:
        """Decisions until the labels are that right and stay so; None if they never are.

        An export may get worse again after a re-run that accepts other labels: having been there in passing
        does not count.
        """
        short = np.flatnonzero(self.accuracy < accuracy)
        decisions = int(short[-1]) + 1 if len(short) else 0
        return decisions if decisions < len(self.accuracy) else None


Tool = Callable[[Ints], Turn]
"""From the samples decided on, int64 [D] in that order, to the next turn."""


def review(problem: Problem, tool: Tool, until: float) -> Course:
    """Follow a tool from no decision to labels of which the share `until` is right, or to a decision on every
    sample.

    What is reviewed is settled by the truth. Every decision counts, those on right labels too.
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
