"""Estimates which candidates of a model selection still fit into its time budget."""

from collections.abc import Sequence
from typing import Any

from mslg_core.configs.base import Method
from mslg_core.configs.plan import Plan
from mslg_core.reports import EpochReport

# Cost of an epoch in epochs of plain training: a lookahead, or a second network.
COSTS = {Method.MSLG: 3.0, Method.META_WEIGHT_NET: 3.0, Method.MLNT: 7.0, Method.CO_TEACHING: 2.0}


class TimeBudget:
    """Counts seconds of training and estimates those to come.

    Args: minutes of training allowed; candidates: the methods to be tried.
    """

    def __init__(self, minutes: float, candidates: Sequence[Method]) -> None:
        self._limit = 60 * minutes
        self._seconds = dict.fromkeys(candidates, 0.0)
        self._plain_epochs = 0.0  # epochs of plain training that would have cost the same

    def spent(self, method: Method) -> float:
        """Seconds that a candidate was trained."""
        return self._seconds[method]

    def record(self, method: Method, report: EpochReport) -> None:
        """Count an epoch of a candidate."""
        self._seconds[method] += report.seconds
        self._plain_epochs += _cost(method, warm_up=report.phase == "warm_up")

    def estimate(self, method: Method, plan: Plan) -> float:
        """Seconds that a candidate would take, from the epochs so far; 0 before any."""
        if not self._plain_epochs:
            return 0.0
        later = plan.epochs - plan.warmup_epochs
        cost = plan.warmup_epochs * _cost(method, warm_up=True) + later * _cost(method, warm_up=False)
        return cost * sum(self._seconds.values()) / self._plain_epochs

    def fits(self, method: Method, plan: Plan, wait: float = 0.0) -> bool:
        """Whether a candidate would end in time if it started in `wait` seconds."""
        return sum(self._seconds.values()) + wait + self.estimate(method, plan) <= self._limit

    def select_affordable(self, candidates: Sequence[Method], plan: Plan, wait: float) -> list[Method]:
        """The candidates that would end in time, one after another, if they started in `wait` seconds."""
        affordable: list[Method] = []
        for method in candidates:
            if self.fits(method, plan, wait + sum(self.estimate(other, plan) for other in affordable)):
                affordable.append(method)
        return affordable

    def state_dict(self) -> dict[str, Any]:
        """The time spent so far."""
        seconds = {method.value: seconds for method, seconds in self._seconds.items()}
        return {"seconds": seconds, "plain_epochs": self._plain_epochs}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the state of `state_dict`."""
        self._seconds = {Method(name): seconds for name, seconds in state["seconds"].items()}
        self._plain_epochs = state["plain_epochs"]


def _cost(method: Method, *, warm_up: bool) -> float:
    """Epochs of plain training that cost the same. Co-teaching warms up both of its networks."""
    return 1.0 if warm_up and method is not Method.CO_TEACHING else COSTS.get(method, 1.0)
