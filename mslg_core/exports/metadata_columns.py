"""Columns of a user's metadata in exports, beside our own. Importable without torch.

A number or boolean is written as such if its text can be restored from it; otherwise as text. So a file that
is read again has the values that the user wrote.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import pyarrow as pa

from mslg_rules.exported_fields import to_exported
from mslg_rules.metadata import ColumnType, typed

MetadataValue = str | int | float | bool


class MetadataColumn(NamedTuple):
    """A column of metadata; `whole`: all its values are whole numbers."""

    name: str
    type: ColumnType = ColumnType.TEXT
    whole: bool = False

    @classmethod
    def of(cls, described: Mapping[str, Any]) -> Self:
        """From the dataset's description of the column."""
        kind = ColumnType(described["type"]) if described.get("exact") else ColumnType.TEXT
        return cls(described["name"], kind, described["whole"])

    @property
    def field(self) -> pa.Field:
        """The column of a Parquet file."""
        number = pa.int64() if self.whole else pa.float64()
        kinds = {ColumnType.NUMBER: number, ColumnType.BOOLEAN: pa.bool_()}
        return pa.field(to_exported(self.name), kinds.get(self.type, pa.string()))


def read_values(columns: Sequence[MetadataColumn], cells: Sequence[str | None]) -> dict[str, MetadataValue]:
    """The filled cells of a sample by column, as JSON has them."""
    pairs = zip(columns, cells, strict=False)
    return {column.name: typed(cell, column.type) for column, cell in pairs if cell is not None}


def exported(metadata: Mapping[str, MetadataValue]) -> dict[str, MetadataValue]:
    """The values by the names of their columns in exports."""
    return {to_exported(name): value for name, value in metadata.items()}


def csv_cell(value: MetadataValue | None) -> str:
    """The value as the user wrote it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
