"""The time that a run will still take."""

import pytest

from mslg_core.configs.methods import MslgConfig
from mslg_core.configs.plan import make_plan
from mslg_core.training.eta import META_COST, Stopwatch

PLAN = make_plan(MslgConfig(epochs=6, warmup_epochs=2), 50, 8, gpu=False)


def test_phases_are_timed_apart_and_guessed_before() -> None:
    watch = Stopwatch(PLAN, "meta")
    assert watch.left(0) == 0
    watch.note("warm_up", 1.0)
    assert watch.left(1) == pytest.approx(1 + 4 * META_COST)
    watch.note("warm_up", 3.0)
    assert watch.left(2) == pytest.approx(4 * 2 * META_COST)
    watch.note("meta", 5.0)
    assert watch.left(3) == pytest.approx(15)
    again = Stopwatch(PLAN, "meta")
    again.load_state_dict(watch.state_dict())
    assert again.left(3) == pytest.approx(15)
    assert again.left(6) == 0


def test_methods_that_only_train_cost_what_a_warm_up_does() -> None:
    watch = Stopwatch(PLAN, "train")
    watch.note("warm_up", 1.0)
    assert watch.left(1) == pytest.approx(5)
