"""Rows as lines of JSON that both databases read: backups of SQLite are restored on Postgres and the reverse.

Bytes are in Base64, times in ISO 8601 and UTC, keys of objects sorted. So equal rows give equal lines.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from store.database.columns import Json, UtcDateTime

Row = dict[str, Any]


class Kind(StrEnum):
    """How the values of a column are written. It is part of the backup: a later version may have others."""

    PLAIN = "plain"
    BYTES = "bytes"
    TIME = "time"
    JSON = "json"
    BOOL = "bool"


TYPES: Mapping[Kind, sa.types.TypeEngine[Any]] = {
    Kind.PLAIN: sa.types.NullType(),
    Kind.BYTES: sa.LargeBinary(),
    Kind.TIME: UtcDateTime(),
    Kind.JSON: Json,
    Kind.BOOL: sa.Boolean(),
}
WRITERS: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.BYTES: lambda value: base64.b64encode(value).decode(),
    Kind.TIME: lambda value: value.isoformat(),
}
READERS: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.BYTES: base64.b64decode,
    Kind.TIME: datetime.fromisoformat,
}
BATCH_ROWS = 500


def kinds_of(table: sa.Table) -> dict[str, Kind]:
    """The columns of a table of the models."""
    return {column.name: _kind_of(column.type) for column in table.columns}


def _kind_of(column: sa.types.TypeEngine[Any]) -> Kind:
    if isinstance(column, UtcDateTime):
        return Kind.TIME
    if isinstance(column, sa.LargeBinary):
        return Kind.BYTES
    if isinstance(column, sa.Boolean):
        return Kind.BOOL
    return Kind.JSON if isinstance(column, sa.JSON) else Kind.PLAIN


def dump(connection: Connection, name: str, kinds: Mapping[str, Kind], key: list[str]) -> Iterator[bytes]:
    """The lines of a table, in the order of its primary `key`."""
    table = _table(name, kinds)
    statement = sa.select(*table.columns).order_by(*(table.c[column] for column in key))
    with connection.execution_options(yield_per=BATCH_ROWS).execute(statement) as result:
        for row in result.mappings():
            values = {column: _write(kinds[column], value) for column, value in row.items()}
            yield json.dumps(values, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def load(connection: Connection, name: str, kinds: Mapping[str, Kind], lines: Iterable[bytes]) -> int:
    """Insert the lines into a table; return their number."""
    table, batch, count = _table(name, kinds), list[Row](), 0
    for line in lines:
        row = json.loads(line)
        batch.append({column: _read(kinds[column], value) for column, value in row.items()})
        if len(batch) == BATCH_ROWS:
            connection.execute(sa.insert(table), batch)
            batch, count = [], count + len(batch)
    if batch:
        connection.execute(sa.insert(table), batch)
    return count + len(batch)


def _table(name: str, kinds: Mapping[str, Kind]) -> sa.TableClause:
    return sa.table(name, *(sa.column(column, TYPES[kind]) for column, kind in kinds.items()))


def _write(kind: Kind, value: Any) -> Any:
    return WRITERS[kind](value) if value is not None and kind in WRITERS else value


def _read(kind: Kind, value: Any) -> Any:
    return READERS[kind](value) if value is not None and kind in READERS else value
