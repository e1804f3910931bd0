"""Reads conditions on metadata from a request: `camera:eq:A`."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field
from sqlalchemy import ColumnElement

from api.errors import InvalidError
from api.schemas import NO_NUL
from mslg_rules.metadata import MAX_TAG_LENGTH
from store.metadata.columns import column_names
from store.metadata.conditions import Condition, Operator, holds
from store.metadata.order import ColumnOrder
from store.metadata.tags import has_tag
from store.models import Dataset

MAX_CONDITIONS = 20
MAX_LENGTH = 3_000

ConditionText = Annotated[str, Field(max_length=MAX_LENGTH, pattern=NO_NUL)]
Conditions = Annotated[
    list[ConditionText],
    Field(
        max_length=MAX_CONDITIONS,
        description="Only samples whose metadata meets each condition, written `column:operator:value`, such "
        "as `camera:eq:A`. Operators: `eq`, `ne`, `lt`, `le`, `gt`, `ge`, `contains`, `empty` and `filled`; "
        "the last two take no value (`camera:empty:`). Numbers are compared as numbers, everything else as "
        "text. `ne` includes samples without a value.",
    ),
]


Tags = Annotated[
    list[Annotated[str, Field(max_length=MAX_TAG_LENGTH, pattern=NO_NUL)]],
    Field(max_length=MAX_CONDITIONS, description="Only samples that have each of these tags."),
]


def read_conditions(dataset: Dataset, texts: Sequence[str], field: str = "metadata") -> list[Condition]:
    """The conditions. Raises `InvalidError`."""
    names = column_names(dataset)
    return [_read(dataset, names, text, field) for text in texts]


def conditions_on(
    dataset: Dataset, texts: Sequence[str], tags: Sequence[str] = ()
) -> list[ColumnElement[bool]]:
    """The conditions on metadata and tags in SQL. Raises `InvalidError`."""
    on_metadata = [holds(dataset, condition) for condition in read_conditions(dataset, texts)]
    return [*on_metadata, *map(has_tag, tags)]


def read_group_column(dataset: Dataset, column: str) -> str | None:
    """The column, None if it is empty. Raises `InvalidError` for an unknown one."""
    names = column_names(dataset)
    if column and column not in names:
        raise _unknown(names, column, "group_column")
    return column or None


def column_number(dataset: Dataset, column: str) -> int:
    """The number of a column. Raises `InvalidError` for an unknown one."""
    names = column_names(dataset)
    if column not in names:
        raise _unknown(names, column, "column")
    return names.index(column)


def read_order(dataset: Dataset, column: str, *, descending: bool) -> ColumnOrder:
    """The order by a column. Raises `InvalidError`."""
    names = column_names(dataset)
    if column not in names:
        raise _unknown(names, column, "sort")
    return ColumnOrder(dataset, names.index(column), descending)


def _read(dataset: Dataset, names: Sequence[str], text: str, field: str) -> Condition:
    """Names may contain colons: the longest name that fits counts."""
    fitting = [name for name in names if text.startswith(f"{name}:")]
    for name in sorted(fitting, key=len, reverse=True):
        operator, colon, value = text.removeprefix(f"{name}:").partition(":")
        if colon and operator in set(Operator):
            condition = Condition(names.index(name), Operator(operator), value)
            return _checked(dataset, name, condition, field)
    if not fitting:
        raise _unknown(names, text.partition(":")[0], field)
    message = f"{text[:80]!r} is no condition: write column:operator:value, such as camera:eq:A."
    raise InvalidError.of_field(field, "invalid_condition", message)


def _checked(dataset: Dataset, name: str, condition: Condition, field: str) -> Condition:
    try:
        condition.number(dataset)
    except ValueError as error:
        message = f"{name!r} holds numbers, but {error}: compare it with a number."
        raise InvalidError.of_field(field, "invalid_condition", message) from error
    return condition


def _unknown(names: Sequence[str], name: str, field: str) -> InvalidError:
    known = ", ".join(map(repr, names[:8])) or "none"
    message = f"The dataset has no column of metadata {name[:80]!r}. It has {known}."
    return InvalidError.of_field(field, "unknown_column", message)
