"""The simulated reviewer and its tools."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmarks.common import results
from benchmarks.compare.compare import Source
from benchmarks.problems.problem import Problem
from benchmarks.review import tools
from benchmarks.review.desk import Accepted, Course, Turn, review
from benchmarks.review.simulation import (
    GOALS,
    SIZES,
    TOOLS,
    ReviewCase,
    make_tool,
    needed,
    run_case,
    run_reviews,
)
from benchmarks.review.tools import RandomOrder, Runner, least_probable, make_training_set, random_queue
from mslg_core.configs.job import parse_config
from tests.benchmarks.tiny import make_problem

SETTINGS = {"epochs": 2, "warmup_epochs": 1, "backbone": "patches"}
CASE = ReviewCase(images=150, settings=SETTINGS)


def make_unverified(images: int = 150) -> Problem:
    """A problem without verified samples and with 30 % wrong labels."""
    return make_problem(images, rate=0.3, verified=0)


def make_runner(problem: Problem) -> Runner:
    """Short runs on the CPU."""
    return Runner(problem, parse_config({"seed": 0, **SETTINGS}), "cpu")


def course(accuracy: Sequence[float]) -> Course:
    """A review with this label accuracy after each decision."""
    return Course(np.array(accuracy), np.arange(len(accuracy) - 1, dtype=np.int64), [])


@pytest.fixture
def small_holdout(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hold-out that fits the tiny problem."""
    monkeypatch.setattr(tools, "MIN_HOLDOUT", 6)


def test_random_order_serves_each_sample_once_and_never_makes_labels_worse() -> None:
    problem = make_unverified()
    followed = review(problem, RandomOrder(problem, seed=3), until=1.01)
    assert sorted(followed.order.tolist()) == list(range(150))
    assert len(followed.accuracy) == 151
    assert followed.accuracy[0] == np.mean(problem.given == problem.true)
    assert followed.accuracy[-1] == 1
    wrong = (problem.given != problem.true)[followed.order]
    assert np.diff(followed.accuracy) == pytest.approx(wrong / 150)


def test_a_review_ends_at_its_goal_and_counts_labels_accepted_without_review() -> None:
    problem = make_unverified()

    def accept_all(decided: np.ndarray) -> Turn:
        if not len(decided):
            return Turn(np.array([5, 7]), problem.given)
        labels = problem.true.copy()
        labels[9] = (labels[9] + 1) % 3
        return Turn(np.setdiff1d(np.arange(150), decided), labels)

    followed = review(problem, accept_all, until=0.9)
    changed = np.setdiff1d(np.flatnonzero(problem.given != problem.true), [5, 7, 9])
    own_wrong = int((problem.true[9] + 1) % 3 != problem.given[9])
    assert followed.order.tolist() == [5, 7]
    assert followed.accuracy[-1] == pytest.approx(149 / 150)
    assert followed.accepted[0] == Accepted(0, 0, 0)
    assert followed.accepted[1] == Accepted(2, len(changed) + own_wrong, own_wrong)


def test_a_temporary_peak_does_not_reach_a_goal() -> None:
    assert course([0.7, 0.8, 0.9]).needed(0.7) == 0
    assert course([0.7, 0.96, 0.9, 0.95, 0.97]).needed(0.95) == 3
    assert course([0.7, 0.96, 0.9]).needed(0.95) is None


def test_the_least_probable_labels_come_first() -> None:
    probabilities = np.array([[0.9, 0.1], [0.2, 0.8], [0.5, 0.5], [0.4, 0.6]], dtype=np.float32)
    labels = np.array([0, 0, 1, 0])
    assert least_probable(probabilities, labels, np.array([3])).tolist() == [1, 2, 0]


def test_the_random_queue_covers_every_class_and_is_split_as_in_the_service() -> None:
    problem = make_unverified(400)
    random = random_queue(problem, seed=0)
    data = make_training_set(problem, random, np.setdiff1d(np.arange(20), random))
    assert len(set(random.tolist())) == len(random)
    assert len(data.holdout_index) == tools.MIN_HOLDOUT
    assert np.bincount(problem.true[random]).min() >= tools.MIN_PER_CLASS == 3
    assert set(data.holdout_index.tolist()) <= set(random.tolist())
    assert np.isin(data.not_random, data.meta_index).all()
    counts = np.bincount(problem.true[random])
    assert np.bincount(data.holdout_labels).tolist() == [(3 * n + 5) // 10 for n in counts.tolist()]


def test_the_random_queue_ends_if_a_class_has_too_few_samples() -> None:
    problem = make_unverified(30)
    assert sorted(random_queue(problem, seed=0).tolist()) == list(range(30))


@pytest.mark.usefixtures("small_holdout")
@pytest.mark.parametrize("name", TOOLS)
def test_every_tool_serves_each_sample_once_and_ends_with_right_labels(name: str) -> None:
    problem = make_unverified()
    followed = review(problem, make_tool(name, make_runner(problem)), until=0.97)
    assert len(set(followed.order.tolist())) == len(followed.order)
    assert len(followed.accuracy) == len(followed.order) + 1
    assert followed.accuracy[-1] >= 0.97
    if "budget" not in name and "accepting" not in name:
        assert (np.diff(followed.accuracy) >= 0).all()
        assert not any(turn.changed for turn in followed.accepted)


@pytest.mark.usefixtures("small_holdout")
def test_only_re_running_tools_run_again_after_thirty_decisions() -> None:
    problem = make_unverified()
    again, once = make_runner(problem), make_runner(problem)
    random = random_queue(problem, 0)
    assert len(make_tool("ours_rerun", again)(random).queue) == tools.NEW_DECISIONS
    assert len(make_tool("ours", once)(random).queue) == 150 - len(random)
    assert again.runs == once.runs == 1
    assert again.seconds > 0


@pytest.mark.usefixtures("small_holdout")
def test_a_record_is_complete_and_is_not_made_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = run_case(CASE, make_unverified(), "cpu")
    monkeypatch.setattr("benchmarks.review.simulation.load_and_run", lambda *_: record)
    for _ in range(2):
        (found,) = run_reviews([CASE], None, tmp_path / "review.json", "cpu")
    assert len(results.read(tmp_path / "review.json")) == 1
    assert {"commit", "hardware", "versions"} <= set(found)
    assert json.loads(json.dumps(found, allow_nan=False))["tools"].keys() == TOOLS.keys()
    for figures in found["tools"].values():
        decisions = [point[0] for point in figures["curve"]]
        assert decisions == sorted(set(decisions))
        assert (decisions[0], decisions[-1]) == (0, figures["decisions"])
        reached = [figures["needed"][str(goal)] for goal in GOALS]
        assert reached == sorted(reached)


def test_needed_decisions_are_means_or_none() -> None:
    def record(random: int | None) -> results.Record:
        always: results.Record = {"needed": dict.fromkeys(map(str, GOALS), 8)}
        figures = dict.fromkeys(TOOLS, always)
        return {"tools": figures | {"random": {"needed": {"90": 1, "95": 2, "98": random}}}}

    found = needed([record(5), record(None)])
    assert found["random"] == {"90": 1, "95": 2, "98": None}
    assert found["cleanlab"] == {"90": 8, "95": 8, "98": 8}


def test_every_source_has_a_size() -> None:
    assert set(SIZES) == set(Source)
