"""One value of a sample's metadata, in SQL: as text, and as what it is compared and ordered by."""

from typing import Any

from sqlalchemy import ColumnElement, Float, String, case, cast
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from mslg_rules.metadata import ColumnType
from store.models.dataset import Dataset, Sample


class _ByCodePoint(FunctionElement[str]):
    """Text that is compared by code point on both databases, so that times are in order."""

    inherit_cache = True
    type = String()


@compiles(_ByCodePoint)
def _plain(element: FunctionElement[str], compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(_ByCodePoint, "postgresql")
def _collated(element: FunctionElement[str], compiler: SQLCompiler, **options: Any) -> str:
    return f'({compiler.process(element.clauses, **options)}) COLLATE "C"'


def text_of(number: int) -> ColumnElement[str]:
    """The value of a column as the user wrote it; NULL if it is empty."""
    text: ColumnElement[str] = Sample.metadata_values[number].as_string()
    return text


def number_of(dataset: Dataset, number: int) -> ColumnElement[float]:
    """The value of a column of numbers. Values of other datasets may be no numbers, and are not cast."""
    return case((Sample.dataset_id == dataset.id, cast(text_of(number), Float)))


def comparable(dataset: Dataset, number: int) -> ColumnElement[Any]:
    """What the values of a column are compared by: numbers as such, everything else by code point."""
    if dataset.metadata_columns[number]["type"] == ColumnType.NUMBER:
        return number_of(dataset, number)
    return _ByCodePoint(text_of(number))
