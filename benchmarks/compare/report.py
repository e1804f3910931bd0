"""Tables of MSLG and its alternatives: the comparison, and the grid without tuning."""

from collections.abc import Iterable, Sequence

from benchmarks.common.markdown import MISSING, number, origin, percent, table
from benchmarks.common.results import Record
from benchmarks.problems.figures import REVIEWED
from benchmarks.problems.problem import NoiseLevel

CLEANERS = {
    "mslg": "MSLG",
    "cleanlab": "cleanlab",
    "loss": "loss ranking",
    "vote": "k-nearest-neighbour vote",
}
# Metrics to compare, with title and digits. Higher is better, except for seconds.
FIGURES = {
    "auroc": ("AUROC", 3),
    "average_precision": ("average precision", 3),
    "precision_top_5": ("precision in the top 5 %", 3),
    "label_accuracy_after": ("labels right afterwards", 3),
    **{f"found_in_{percent}": (f"errors found in {percent} %", 3) for percent in REVIEWED},
    "seconds": ("seconds", 0),
}
# The metrics in which the grid counts a loss.
DECISIVE = ("auroc", "label_accuracy_after", "seconds")


def summary(record: Record) -> str:
    """Lines for the terminal: the case, then each cleaner that was measured."""
    case = record["case"]
    title = f"{case['source']}, {case['noise']} {case['rate']:.0%}, seed {case['seed']}"
    lines = [title + (": COLLAPSED" if record["collapsed"] else "")]
    for cleaner in CLEANERS:
        if not (figures := record.get(cleaner)):  # records of earlier versions lack some
            continue
        lines.append(
            f"  {cleaner:8}  AUROC {figures['auroc']}, labels right "
            f"{figures['label_accuracy_before']:.2%} -> {figures['label_accuracy_after']:.2%}, "
            f"{figures['seconds']:.0f} s"
        )
    return "\n".join(lines)


def comparison(records: Sequence[Record]) -> str:
    """A row for each cleaner, by dataset, noise and rate, with means over seeds."""
    if not records:
        return f"All cells are {MISSING}: `mslg bench compare`."
    rows = []
    for title, group in _groups(records).items():
        before = percent([record["mslg"]["label_accuracy_before"] for record in group], 1)
        for cleaner, name in CLEANERS.items():
            values = [
                number([record.get(cleaner, {}).get(figure) for record in group], digits)
                for figure, (_, digits) in FIGURES.items()
            ]
            rows.append(
                [f"{title}, {before} % right, {len(group)} seeds" if cleaner == "mslg" else "", name, *values]
            )
    head = ["data", "", *(title for title, _ in FIGURES.values())]
    return "\n\n".join([origin(records), table(head, rows)])


def grid(records: Sequence[Record]) -> str:
    """A row for each cell, with means over seeds, collapses, and the metrics in which cleanlab wins."""
    if not records:
        return f"All cells are {MISSING}: `mslg bench grid`."
    rows = [[title, *_grid_row(group)] for title, group in _groups(records).items()]
    head = [
        "cell",
        "seeds",
        "collapses",
        "AUROC: MSLG",
        "cleanlab",
        "loss",
        "vote",
        "labels right before",
        "after MSLG",
        "after cleanlab",
        "seconds: MSLG",
        "cleanlab",
        "MSLG loses",
    ]
    collapses = sum(record["collapsed"] for record in records)
    note = f"{len(records)} runs, **{collapses} collapses**. {origin(records)}"
    return "\n\n".join([note, table(head, rows)])


def _grid_row(group: Sequence[Record]) -> list[str]:
    def of(cleaner: str, figure: str, digits: int = 3) -> str:
        return number([record.get(cleaner, {}).get(figure) for record in group], digits)

    return [
        str(len(group)),
        str(sum(record["collapsed"] for record in group)),
        *(of(cleaner, "auroc") for cleaner in CLEANERS),
        of("mslg", "label_accuracy_before"),
        of("mslg", "label_accuracy_after"),
        of("cleanlab", "label_accuracy_after"),
        of("mslg", "seconds", 0),
        of("cleanlab", "seconds", 0),
        losses(group),
    ]


def losses(group: Iterable[Record]) -> str:
    """Titles of the metrics in which cleanlab is better on average, joined by commas."""
    records, lost = list(group), []
    for figure in DECISIVE:
        pairs = [(r["mslg"][figure], r["cleanlab"][figure]) for r in records]
        ahead = sum(theirs - ours for ours, theirs in pairs if None not in (ours, theirs))
        if ahead < 0 if figure == "seconds" else ahead > 0:
            lost.append(FIGURES[figure][0])
    return ", ".join(lost) or "nothing"


def _groups(records: Iterable[Record]) -> dict[str, list[Record]]:
    groups: dict[str, list[Record]] = {}
    for record in sorted(records, key=lambda record: _order(record["case"])):
        groups.setdefault(_describe(record["case"]), []).append(record)
    return groups


def _order(case: Record) -> tuple[str, str, float]:
    return case["source"], case["noise"], case["rate"]


def _describe(case: Record) -> str:
    settings = ", ".join(f"{name} {value}" for name, value in case["settings"].items())
    noise = NoiseLevel.of(case["noise"], case["rate"]).title
    name = f"{case['source']} ({case['images']:,} of {case['side']} px), {noise}"
    return f"{name}, {settings}" if settings else name
