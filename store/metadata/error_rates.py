"""Whose labels are wrong: images, decisions and suspicions of a job by the values of a column of metadata."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import floor, log10
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from mslg_rules.metadata import ColumnType, sort_key
from mslg_rules.verdict import Verdict
from store.metadata.cells import number_of, text_of
from store.models.dataset import Dataset, Sample
from store.models.result import Result

MAX_VALUES = 100
# Numbers with more distinct values than this are binned, times with more are grouped by day, month or year.
MAX_UNBINNED = 20
MAX_BINS = 10
# Lengths of a day, a month and a year at the start of a time.
TIME_PREFIXES = (10, 7, 4)
# Follows every character of a time, so that times below it include all that begin alike.
AFTER_TIMES = "~"

FOUND_WRONG = (Verdict.WRONG, Verdict.WRONG_UNKNOWN)
DECIDED = (Verdict.CORRECT, *FOUND_WRONG)


class Counts(NamedTuple):
    """Ranked images; those whose given label somebody judged, and found wrong; those that the job flags."""

    images: int = 0
    decided: int = 0
    wrong: int = 0
    suspected: int = 0

    def plus(self, other: "Counts") -> "Counts":
        """The sum."""
        return Counts(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


class Group(NamedTuple):
    """The images with one value, or a range of values. value: for display, None: the images without one.
    conditions: which select the images, as operator and value.
    """

    value: str | None
    conditions: Sequence[tuple[str, str]]
    counts: Counts


class ErrorRates(NamedTuple):
    """Groups in order of their values, or of their sizes for text. num_more: values that are not listed."""

    groups: list[Group]
    num_more: int


def count_errors(session: Session, dataset: Dataset, job_id: str, column: int) -> ErrorRates:
    """Count the job's images by the values of a column, by number."""
    described = dataset.metadata_columns[column]
    kind, distinct = ColumnType(described["type"]), described["distinct"]
    is_long = distinct is None or distinct > MAX_UNBINNED
    if kind is ColumnType.NUMBER and is_long:
        return _by_bins(session, dataset, job_id, column)
    counted = _count(session, job_id, text_of(column))
    if kind is ColumnType.TIME and is_long:
        return _by_time(counted)
    ordered = sorted(_filled(counted), key=sort_key(kind))
    if kind is ColumnType.TEXT:
        ordered.sort(key=lambda value: -counted[value].images)
    groups = [Group(value, [("eq", value)], counted[value]) for value in ordered[:MAX_VALUES]]
    return ErrorRates(groups + _empty(counted), max(0, len(ordered) - MAX_VALUES))


def _count(session: Session, job_id: str, key: ColumnElement[Any]) -> dict[Any, Counts]:
    statement = (
        select(
            key,
            func.count(),
            func.count().filter(Sample.verdict.in_(DECIDED)),
            func.count().filter(Sample.verdict.in_(FOUND_WRONG)),
            func.count().filter(Result.is_label_issue),
        )
        .select_from(Result)
        .join(Sample, Sample.id == Result.sample_id)
        .where(Result.job_id == job_id)
        .group_by(key)
    )
    return {value: Counts(*counts) for value, *counts in session.execute(statement)}


def _filled(counted: Iterable[Any]) -> list[Any]:
    return [value for value in counted if value is not None]


def _empty(counted: dict[Any, Counts]) -> list[Group]:
    return [Group(None, [("empty", "")], counted[None])] if None in counted else []


def _by_time(counted: dict[str | None, Counts]) -> ErrorRates:
    """By day, month or year: the finest that has few groups."""
    for length in TIME_PREFIXES:
        sums: dict[str, Counts] = defaultdict(Counts)
        for value in _filled(counted):
            sums[value[:length]] = sums[value[:length]].plus(counted[value])
        if len(sums) <= MAX_UNBINNED or length == TIME_PREFIXES[-1]:
            break
    groups = [
        Group(value, [("ge", value), ("lt", value + AFTER_TIMES)], sums[value]) for value in sorted(sums)
    ]
    return ErrorRates(groups[:MAX_VALUES] + _empty(counted), max(0, len(groups) - MAX_VALUES))


def _by_bins(session: Session, dataset: Dataset, job_id: str, column: int) -> ErrorRates:
    described = dataset.metadata_columns[column]
    edges = bin_edges(float(described["min"]), float(described["max"]))
    number = number_of(dataset, column)
    inner = [(number < edge, index) for index, edge in enumerate(edges[1:-1])]
    key = case((number.is_(None), None), *inner, else_=len(edges) - 2)
    counted = _count(session, job_id, key)
    groups = [
        Group(f"{low} to {high}", [("ge", low), ("lt", high)], counted[index])
        for index, (low, high) in enumerate(zip(map(_shown, edges), map(_shown, edges[1:]), strict=False))
        if index in counted
    ]
    return ErrorRates(groups + _empty(counted), 0)


def bin_edges(low: float, high: float) -> list[float]:
    """At most `MAX_BINS` + 2 round edges around a range; the last is above `high`."""
    rough = (high - low) / MAX_BINS or 1.0
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))
    first = floor(low / step)
    last = floor(high / step) + 1
    return [float(f"{number * step:.12g}") for number in range(first, last + 1)]


def _shown(edge: float) -> str:
    return str(int(edge)) if edge == int(edge) and abs(edge) < 1e15 else repr(edge)
