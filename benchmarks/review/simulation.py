"""`mslg bench review`: decisions until the labels are right, starting with an empty verified set."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import mean

import numpy as np

from benchmarks.common import results
from benchmarks.common.results import Record
from benchmarks.compare.compare import Case, Source
from benchmarks.compare.grid import Size
from benchmarks.compare.peers import confident_learning
from benchmarks.compare.vote import neighbour_vote
from benchmarks.problems.problem import Problem
from benchmarks.review.desk import Course, Tool, review
from benchmarks.review.tools import Alternative, Learn, Mslg, Policy, RandomOrder, Runner
from mslg_core.configs.base import Method
from mslg_core.configs.job import parse_config
from mslg_core.features.cache import FeatureCache, MemoryCache

FILE = "review.json"
# Label accuracies to reach, in per cent. The simulation ends slightly above the last.
GOALS = (90, 95, 98)
UNTIL = 0.99
# All digits and photographs except the test images of other benchmarks; a subset of CIFAR-10.
SIZES: dict[Source, Size] = {
    Source.DIGITS: {"images": 1_400, "side": 8},
    Source.CIFAR10: {"images": 3_000, "side": 32},
    Source.PHOTOS: {"images": 3_409, "side": 224},
}
CURVE_POINTS = 150
# What learns the ranking of a tool, by the beginning of its name.
LEARN: dict[str, Learn] = {"cleanlab": confident_learning, "vote": neighbour_vote}
DIGITS = 4

TOOLS = {
    "random": "random order",
    "cleanlab": "cleanlab's ranking",
    "cleanlab_rerun": "cleanlab's ranking, re-run",
    "cleanlab_accepting": "cleanlab, re-run, all that it flags accepted",
    "vote_rerun": "k-nearest-neighbour vote, re-run",
    "vote_accepting": "vote, re-run, all that it flags accepted",
    "ours": "ours",
    "ours_rerun": "ours, re-run",
    "ours_budget": "ours, error budget",
    "ours_rerun_budget": "ours, re-run, error budget",
    "ours_accepting": "ours, re-run, flagged ones accepted by the sign test",
}


class ReviewCase(Case):
    """A noisy dataset without verified samples."""

    verified: int = 0


def run_reviews(
    cases: Iterable[ReviewCase], data: Path | None, out: Path, device: str, jobs: int = 1
) -> Iterator[Record]:
    """Records of the cases. Reads those that are in `out`, runs the others and appends them."""
    known = {str(record["case"]): record for record in results.read(out)}
    wanted = list(cases)
    yield from (known[str(case.key())] for case in wanted if str(case.key()) in known)
    missing = [case for case in wanted if str(case.key()) not in known]
    tasks = [partial(load_and_run, case, data, device) for case in missing]
    yield from results.collect(tasks, out, device, jobs)


def load_and_run(case: ReviewCase, data: Path | None, device: str) -> Record:
    """Run one case and return its record, without provenance."""
    return run_case(case, case.problem(case.load(data)), device)


def run_case(case: ReviewCase, problem: Problem, device: str) -> Record:
    """Record of a case, without provenance: decisions that each tool needed, and its curve."""
    cache = MemoryCache()  # shared: all tools extract features from the same images
    tools = {name: _follow(name, case, problem, device, cache) for name in TOOLS}
    return {
        "case": case.key(),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "label_accuracy_before": round(float(np.mean(problem.given == problem.true)), DIGITS),
        "tools": tools,
    }


def needed(records: Sequence[Record]) -> Record:
    """Mean decisions until each goal, by tool; None if a record never reached it. Leaves out tools that a
    record lacks, as those of earlier versions do.
    """
    return {
        tool: {
            str(goal): _mean([record["tools"][tool]["needed"][str(goal)] for record in records])
            for goal in GOALS
        }
        for tool in TOOLS
        if all(tool in record["tools"] for record in records)
    }


def make_tool(name: str, runner: Runner) -> Tool:
    """The tool with this name in `TOOLS`."""
    if name == "random":
        return RandomOrder(runner.problem, runner.config.seed)
    rerun = "rerun" in name or "accepting" in name
    if learn := LEARN.get(name.partition("_")[0]):
        return Alternative(runner, learn, rerun, accepting="accepting" in name)
    return Mslg(runner, rerun, _policy(name))


def _policy(name: str) -> Policy:
    if "budget" in name:
        return Policy.BUDGET
    return Policy.SIGN_TEST if "accepting" in name else Policy.NOTHING


def _follow(name: str, case: ReviewCase, problem: Problem, device: str, cache: FeatureCache) -> Record:
    """Review with one tool and return its figures."""
    config = parse_config({"method": Method.MSLG, "seed": case.seed, **case.settings})
    runner = Runner(problem, config, device, cache)
    course = review(problem, make_tool(name, runner), UNTIL)
    wrong = (problem.given != problem.true)[course.order]
    return {
        "needed": {str(goal): course.needed(goal / 100) for goal in GOALS},
        "decisions": len(course.order),
        "errors_found": int(wrong.sum()),
        "accepted": [list(turn) for turn in course.accepted if turn.changed],
        "curve": _thin(course),
        "runs": runner.runs,
        "seconds": round(runner.seconds, 1),
    }


def _thin(course: Course) -> list[tuple[int, float]]:
    """Evenly spaced points (decisions, label accuracy) of the curve, including both ends."""
    last = len(course.accuracy) - 1
    chosen = np.unique(np.linspace(0, last, min(last + 1, CURVE_POINTS)).round().astype(int))
    return [(n, round(float(course.accuracy[n]), DIGITS)) for n in chosen.tolist()]


def _mean(decisions: Sequence[int | None]) -> float | None:
    known = [n for n in decisions if n is not None]
    return round(mean(known), 1) if len(known) == len(decisions) else None
