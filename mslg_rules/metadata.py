"""Columns of a user's table besides name, id and label: their types and limits.

Values stay text as the user wrote them, so that exports return them byte for byte. The type of a column says
what all its values are, and decides how they are compared.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from math import isfinite
from typing import Any

MAX_COLUMNS = 100
MAX_NAME_LENGTH = 200
MAX_VALUE_LENGTH = 2_000
MAX_TAG_LENGTH = 100
# Distinct values are counted up to here.
MAX_DISTINCT = 1_000
# Larger whole numbers are text: a float would change them, and they are usually ids.
MAX_WHOLE = 2**53

_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,29})(\.\d{1,30})?([eE][+-]?\d{1,3})?", re.ASCII)
_TIME = re.compile(
    r"(\d{4})([-:/])(\d{2})\2(\d{2})"
    r"(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_DIGIT = re.compile(r"\d", re.ASCII)
_BOOLEANS = {
    value: spelling
    for spelling, values in {"lower": "true false", "title": "True False", "upper": "TRUE FALSE"}.items()
    for value in values.split()
}


class ColumnType(StrEnum):
    """What all values of a column are."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIME = "time"


Form = tuple[ColumnType, str]
"""The type of a value, and the way it is written. A column has the type only if all values have one form:
times of one form are in order as text."""
TEXT: Form = (ColumnType.TEXT, "")


def form_of(value: str) -> Form:
    """The form of one value."""
    if value in _BOOLEANS:
        return ColumnType.BOOLEAN, _BOOLEANS[value]
    if _NUMBER.fullmatch(value):
        return (ColumnType.NUMBER, "") if _is_exact(value) else TEXT
    return _form_of_time(value)


def _is_exact(value: str) -> bool:
    return isfinite(float(value)) and (not is_whole(value) or abs(int(value)) <= MAX_WHOLE)


def is_whole(number: str) -> bool:
    """Whether a number is written as a whole one."""
    return number.removeprefix("-").isdecimal()


def _form_of_time(value: str) -> Form:
    found = _TIME.fullmatch(value)
    if found is None or not _is_date(int(found[1]), int(found[3]), int(found[4])):
        return TEXT
    fraction, zone = found[5] or "", found[6] or ""
    written = _DIGIT.sub("0", value.removesuffix(zone).removesuffix(fraction))
    # Without a zone, longer fractions are in order, too.
    return ColumnType.TIME, f"{written}{_DIGIT.sub('0', fraction)}{zone}" if zone else written


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


@dataclass(slots=True)
class ColumnFacts:
    """What is known of a column after its values were added: how many there are, and the distinct ones, None
    if there are more than `MAX_DISTINCT`.
    """

    filled: int = 0
    distinct: set[str] | None = field(default_factory=set)
    form: Form | None = None
    low: str | None = None
    high: str | None = None
    whole: bool = True
    exact: bool = True
    """Whether text is restored from the values as JSON has them."""

    def add(self, value: str) -> None:
        """Count one value."""
        self.filled += 1
        if self.distinct is not None:
            if value in self.distinct:
                return
            self.distinct.add(value)
            if len(self.distinct) > MAX_DISTINCT:
                self.distinct = None
        if self.form != TEXT:
            self._add_typed(value)

    def _add_typed(self, value: str) -> None:
        form = form_of(value)
        if self.form not in (None, form) or form == TEXT:
            self.form, self.low, self.high = TEXT, None, None
            return
        self.form = form
        key = sort_key(form[0])
        self.low = value if self.low is None else min(self.low, value, key=key)
        self.high = value if self.high is None else max(self.high, value, key=key)
        self.whole = self.whole and is_whole(value)
        self.exact = self.exact and json.dumps(typed(value, form[0])).strip('"') == value

    def describe(self, name: str) -> dict[str, Any]:
        """The column as the dataset stores it. `min` and `max` are of numbers and times."""
        kind = ColumnType.TEXT if self.form is None else self.form[0]
        has_range = kind in (ColumnType.NUMBER, ColumnType.TIME)
        return {
            "name": name,
            "type": kind.value,
            "filled": self.filled,
            "distinct": None if self.distinct is None else len(self.distinct),
            "min": self.low if has_range else None,
            "max": self.high if has_range else None,
            "whole": kind is ColumnType.NUMBER and self.whole,
            "exact": kind in (ColumnType.NUMBER, ColumnType.BOOLEAN) and self.exact,
        }


def sort_key(kind: ColumnType) -> Any:
    """The key by which values of a type are in order."""
    return float if kind is ColumnType.NUMBER else str


def typed(value: str, kind: ColumnType) -> str | int | float | bool:
    """A value as JSON has it: times are text."""
    if kind is ColumnType.BOOLEAN:
        return value.lower() == "true"
    if kind is ColumnType.NUMBER:
        return int(value) if is_whole(value) else float(value)
    return value
