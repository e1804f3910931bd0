"""Builds the Markdown of the results page: tables and their numbers."""

from collections.abc import Iterable, Sequence
from statistics import mean, stdev

from benchmarks.common.results import Record

MISSING = "missing"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table. All columns but the first are aligned to the right."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, rule, *rows))


def percent(values: Sequence[float | None], digits: int = 2) -> str:
    """Mean in per cent, with standard deviation for several values; "missing" if there are none."""
    known = [value * 100 for value in values if value is not None]
    if not known:
        return MISSING
    spread = f" ± {stdev(known):.{digits}f}" if len(known) > 1 else ""
    return f"{mean(known):.{digits}f}{spread}"


def difference(points: Sequence[float]) -> str:
    """Mean of differences in points, with its sign, and their standard deviation for several of them."""
    if not points:
        return MISSING
    spread = f" ± {stdev(points):.1f}" if len(points) > 1 else ""
    return f"{mean(points):+.1f}{spread}"


def number(values: Sequence[float | None], digits: int) -> str:
    """Mean; "missing" if there are no values."""
    known = [value for value in values if value is not None]
    return f"{mean(known):.{digits}f}" if known else MISSING


def seeds(records: Sequence[Record], key: str) -> str:
    """Number of seeds behind a table."""
    counts = sorted({record[key]["seed"] for record in records})
    return "1 seed" if len(counts) == 1 else f"up to {len(counts)} seeds"


def origin(records: Iterable[Record]) -> str:
    """A sentence with the hardware, versions and commits of the records."""
    found = list(records)
    machines = sorted({record["hardware"] for record in found})
    commits = sorted({record["commit"] for record in found})
    versions = sorted({f"torch {record['versions'].get('torch', '?')}" for record in found})
    return f"Measured on {', '.join(machines)}; {', '.join(versions)}; commit {', '.join(commits)}."
