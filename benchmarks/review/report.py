"""The table of the simulated reviews."""

from collections.abc import Sequence
from statistics import mean

from benchmarks.common.markdown import MISSING, number, origin, table
from benchmarks.common.results import Record
from benchmarks.problems.problem import NoiseLevel
from benchmarks.review.simulation import GOALS, TOOLS, needed

NONE = "none"
HEAD = [
    "problem",
    "",
    *(f"{goal} % right" for goal in GOALS),
    "accepted unseen",
    "of these wrong",
    "runs",
    "seconds",
]


def summary(record: Record) -> str:
    """Lines for the terminal: the case, then the decisions that each tool needed."""
    case = record["case"]
    title = f"{case['source']}, {case['noise']} {case['rate']:.0%}, seed {case['seed']}"
    right = f"{record['label_accuracy_before']:.2%} of the labels are right"
    source = f"measured {record['finished']} at commit {record['commit']}"
    lines = [f"{title}: {right}. Decisions until more are, {source}:"]
    for tool, name in TOOLS.items():
        if tool not in record["tools"]:
            continue
        reached = [
            f"{goal} %: {'never' if decisions is None else decisions:>5}"
            for goal, decisions in record["tools"][tool]["needed"].items()
        ]
        lines.append(f"  {name:46}{'  '.join(reached)}")
    return "\n".join(lines)


def reviews(records: Sequence[Record]) -> str:
    """A row for each problem and tool: decisions, accepted labels, runs and seconds, as means over seeds."""
    if not records:
        return f"All are {MISSING}: `mslg bench review`."
    rows = []
    for title, group in by_problem(records).items():
        decisions = needed(group)
        for tool, name in TOOLS.items():
            cells = _row(tool, decisions[tool], group) if tool in decisions else [MISSING] * (len(HEAD) - 2)
            rows.append([title if tool == "random" else "", name, *cells])
    return "\n\n".join([origin(records), table(HEAD, rows)])


def by_problem(records: Sequence[Record]) -> dict[str, list[Record]]:
    """Records by title of their problem. They differ in the seed only."""
    groups: dict[str, list[Record]] = {}
    for record in sorted(records, key=lambda record: (record["case"]["source"], record["case"]["images"])):
        case = record["case"]
        noise = NoiseLevel.of(case["noise"], case["rate"]).title
        name = f"{case['source']} ({case['images']:,}), {noise}"
        groups.setdefault(name, []).append(record)
    return {f"{name}, {_seeds(group)}": group for name, group in groups.items()}


def _row(tool: str, decisions: Record, group: Sequence[Record]) -> list[str]:
    """Cells of a tool that all records of a problem have."""
    figures = [record["tools"][tool] for record in group]
    return [*(_decisions(decisions[str(goal)]) for goal in GOALS), *_effort(figures)]


def _decisions(value: float | None) -> str:
    return "never" if value is None else f"{value:.0f}"


def _effort(figures: Sequence[Record]) -> list[str]:
    """The most labels that a run accepted, the share of wrong ones, runs and seconds."""
    largest = [max(one["accepted"], key=lambda turn: turn[1], default=[0, 0, 0]) for one in figures]
    accepted, wrong = (mean(turn[column] for turn in largest) for column in (1, 2))
    share = f"{wrong / accepted:.1%}" if accepted else ""
    runs, seconds = (number([one[name] for one in figures], 0) for name in ("runs", "seconds"))
    return [f"{accepted:.0f}" if accepted else NONE, share, runs, seconds]


def _seeds(group: Sequence[Record]) -> str:
    return f"{len(group)} seed" + ("s" if len(group) > 1 else "")
