"""Reports of a run."""

from mslg_core.reports import Interval


def test_wilson_interval() -> None:
    interval = Interval.wilson(8, 10)  # values of statsmodels' proportion_confint
    assert interval is not None
    assert (round(interval.low, 6), round(interval.high, 6)) == (0.490162, 0.943318)
    assert Interval.wilson(0, 0) is None
    certain = Interval.wilson(5, 5)
    assert certain is not None
    assert certain.high == 1
    assert certain.low < 0.6
