"""Pieces of a page of tables."""

from collections.abc import Iterable, Sequence
from statistics import mean, stdev

from benchmarks.common.results import Record

MISSING = "missing"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; all columns but the first are numbers."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, rule, *rows))


def percent(values: Sequence[float | None], digits: int = 2) -> str:
    """Mean, and spread over seeds where there are several; "missing" without a value."""
    known = [value * 100 for value in values if value is not None]
    if not known:
        return MISSING
    spread = f" ± {stdev(known):.{digits}f}" if len(known) > 1 else ""
    return f"{mean(known):.{digits}f}{spread}"


def number(values: Sequence[float | None], digits: int) -> str:
    """Mean; "missing" without a value."""
    known = [value for value in values if value is not None]
    return f"{mean(known):.{digits}f}" if known else MISSING


def seeds(records: Sequence[Record], key: str) -> str:
    """How many repetitions are behind a table."""
    counts = sorted({record[key]["seed"] for record in records})
    return "1 seed" if len(counts) == 1 else f"up to {len(counts)} seeds"


def origin(records: Iterable[Record]) -> str:
    """Where results come from, in a sentence."""
    found = list(records)
    machines = sorted({record["hardware"] for record in found})
    commits = sorted({record["commit"] for record in found})
    versions = sorted({f"torch {record['versions'].get('torch', '?')}" for record in found})
    return f"Measured on {', '.join(machines)}; {', '.join(versions)}; commit {', '.join(commits)}."
