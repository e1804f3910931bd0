"""The estimated remaining time of a run."""

import pytest

from mslg_core.configs.methods import MslgConfig
from mslg_core.configs.plan import make_plan
from mslg_core.training.eta import META_COST, Stopwatch

PLAN = make_plan(MslgConfig(epochs=6, warmup_epochs=2), 50, 8, gpu=False)


def test_phases_are_timed_separately_and_estimated_before() -> None:
    stopwatch = Stopwatch(PLAN, "meta")
    assert stopwatch.remaining(0) == 0
    stopwatch.record("warm_up", 1.0)
    assert stopwatch.remaining(1) == pytest.approx(1 + 4 * META_COST)
    stopwatch.record("warm_up", 3.0)
    assert stopwatch.remaining(2) == pytest.approx(4 * 2 * META_COST)
    stopwatch.record("meta", 5.0)
    assert stopwatch.remaining(3) == pytest.approx(15)
    again = Stopwatch(PLAN, "meta")
    again.load_state_dict(stopwatch.state_dict())
    assert again.remaining(3) == pytest.approx(15)
    assert again.remaining(6) == 0


def test_a_method_without_meta_learning_costs_as_much_as_the_warm_up() -> None:
    stopwatch = Stopwatch(PLAN, "train")
    stopwatch.record("warm_up", 1.0)
    assert stopwatch.remaining(1) == pytest.approx(5)
