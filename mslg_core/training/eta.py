"""Estimates the remaining time of a run."""

from mslg_core.configs.plan import Plan
from mslg_core.reports import Phase

# Assumed cost of an epoch that learns from the meta set, in warm-up epochs, until one has been timed.
META_COST = 4.0


class Stopwatch:
    """Collects the durations of epochs by phase.

    Args: plan; later, the phase that follows the warm-up.
    """

    def __init__(self, plan: Plan, later: Phase) -> None:
        self._plan, self._later = plan, later
        self._seconds: dict[str, list[float]] = {}

    def record(self, phase: Phase, seconds: float) -> None:
        """Add the duration of an epoch."""
        self._seconds.setdefault(phase, []).append(seconds)

    def remaining(self, epoch: int) -> float:
        """Seconds that remain after `epoch` epochs, from each phase's mean so far."""
        warmup_left = max(0, self._plan.warmup_epochs - epoch)
        later_left = self._plan.epochs - epoch - warmup_left
        warmup = _mean(self._seconds.get("warm_up", []))
        guess = warmup * (META_COST if self._later == "meta" else 1.0)
        return warmup_left * warmup + later_left * (_mean(self._seconds.get(self._later, [])) or guess)

    def state_dict(self) -> dict[str, list[float]]:
        """All durations."""
        return {phase: list(seconds) for phase, seconds in self._seconds.items()}

    def load_state_dict(self, state: dict[str, list[float]]) -> None:
        """Restore the state of `state_dict`."""
        self._seconds = {phase: list(seconds) for phase, seconds in state.items()}


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0
