"""Selects samples by one value of their metadata."""

from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement

from mslg_rules.metadata import ColumnType, form_of
from store.metadata.cells import comparable, text_of
from store.models.dataset import Dataset


class Operator(StrEnum):
    """How a value is compared. `ne` includes samples without a value."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    CONTAINS = "contains"
    EMPTY = "empty"
    FILLED = "filled"


ORDERED = {Operator.LT, Operator.LE, Operator.GT, Operator.GE}


class Condition(NamedTuple):
    """A condition on the column with this number."""

    column: int
    operator: Operator
    value: str = ""

    def number(self, dataset: Dataset) -> float | None:
        """The value as a number if the column is compared by numbers. Raises `ValueError` if it is none."""
        if dataset.metadata_columns[self.column]["type"] != ColumnType.NUMBER:
            return None
        if form_of(self.value)[0] is ColumnType.NUMBER:
            return float(self.value)
        if self.operator in ORDERED:
            raise ValueError(f"{self.value!r} is no number")
        return None


def holds(dataset: Dataset, condition: Condition) -> ColumnElement[bool]:
    """Whether a sample of the dataset meets the condition."""
    number, operator, value = condition
    match operator:
        case Operator.EMPTY:
            return text_of(number).is_(None)
        case Operator.FILLED:
            return text_of(number).is_not(None)
        case Operator.CONTAINS:
            return text_of(number).icontains(value, autoescape=True)
    as_number = condition.number(dataset)
    if as_number is None:
        left = comparable(dataset, number) if operator in ORDERED else text_of(number)
        return _compare(left, operator, value)
    return _compare(comparable(dataset, number), operator, as_number)


def _compare(left: ColumnElement[str], operator: Operator, value: str | float) -> ColumnElement[bool]:
    match operator:
        case Operator.EQ:
            return left == value
        case Operator.NE:
            return left.is_distinct_from(value)
        case Operator.LT:
            return left < value
        case Operator.LE:
            return left <= value
        case Operator.GT:
            return left > value
        case _:
            return left >= value
