"""Table of the simulated reviews."""

from collections.abc import Sequence
from statistics import mean

from benchmarks.cifar10.paper import Column
from benchmarks.common.markdown import MISSING, number, origin, table
from benchmarks.common.results import Record
from benchmarks.problems.problem import Noise
from benchmarks.review.simulation import GOALS, TOOLS, needed

NONE = "none"


def reviews(records: Sequence[Record]) -> str:
    """A row for each problem and tool: decisions needed, means over seeds, and what the tool did for them."""
    if not records:
        return f"All are {MISSING}: `mslg bench review`."
    rows = []
    for title, group in by_problem(records).items():
        decisions = needed(group)
        for tool, name in TOOLS.items():
            figures = [record["tools"][tool] for record in group]
            goals = [_decisions(decisions[tool][str(goal)]) for goal in GOALS]
            rows.append([title if tool == "random" else "", name, *goals, *_effort(figures)])
    head = [
        "problem",
        "",
        *(f"{goal} % right" for goal in GOALS),
        "accepted unseen",
        "of these wrong",
        "runs",
    ]
    return "\n\n".join([origin(records), table([*head, "seconds"], rows)])


def by_problem(records: Sequence[Record]) -> dict[str, list[Record]]:
    """Records of the same problem but for the seed, under its name."""
    groups: dict[str, list[Record]] = {}
    for record in sorted(records, key=lambda record: (record["case"]["source"], record["case"]["images"])):
        case = record["case"]
        noise = Column(Noise(case["noise"]), case["rate"]).title
        name = f"{case['source']} ({case['images']:,}), {noise}"
        groups.setdefault(name, []).append(record)
    return {f"{name}, {_seeds(group)}": group for name, group in groups.items()}


def _decisions(value: float | None) -> str:
    return "never" if value is None else f"{value:.0f}"


def _effort(figures: Sequence[Record]) -> list[str]:
    """The most labels that a run accepted, how many of them are wrong, runs and seconds."""
    most = [max(one["accepted"], key=lambda turn: turn[1], default=[0, 0, 0]) for one in figures]
    accepted, wrong = (mean(turn[column] for turn in most) for column in (1, 2))
    share = f"{wrong / accepted:.1%}" if accepted else ""
    runs, seconds = (number([one[name] for one in figures], 0) for name in ("runs", "seconds"))
    return [f"{accepted:.0f}" if accepted else NONE, share, runs, seconds]


def _seeds(group: Sequence[Record]) -> str:
    return f"{len(group)} seed" + ("s" if len(group) > 1 else "")
