"""Inserts and updates many rows at once: by arrays on Postgres, by `executemany` on SQLite."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, Table, TableValuedAlias, bindparam, func, insert, select, update
from sqlalchemy.orm import DeclarativeBase, Session

BATCH_ROWS = 20_000

Row = Mapping[str, Any]


def insert_rows(session: Session, model: type[DeclarativeBase], rows: Sequence[Row]) -> None:
    """Insert `rows`, which all have the same columns. The database assigns ids."""
    table = _table(model)
    for batch in _batches(rows):
        if _has_arrays(session):
            source = _as_relation(table, batch)
            session.execute(
                insert(table).from_select(list(batch[0]), select(*(source.c[name] for name in batch[0])))
            )
        else:
            session.execute(insert(table), list(batch))


def update_rows(session: Session, model: type[DeclarativeBase], rows: Sequence[Row]) -> None:
    """Update rows by `id`. Each has its id and new values, of the same columns in all rows."""
    table = _table(model)
    for batch in _batches(rows):
        names = [name for name in batch[0] if name != "id"]
        if _has_arrays(session):
            source = _as_relation(table, batch)
            values = {name: source.c[name] for name in names}
            session.execute(update(table).where(table.c.id == source.c.id).values(values))
        else:
            statement = update(table).where(table.c.id == bindparam("row_id"))
            values = {name: bindparam(f"row_{name}", type_=table.c[name].type) for name in names}
            renamed = [{f"row_{name}": value for name, value in row.items()} for row in batch]
            session.connection().execute(statement.values(values), renamed)


def _batches(rows: Sequence[Row]) -> list[Sequence[Row]]:
    return [rows[start : start + BATCH_ROWS] for start in range(0, len(rows), BATCH_ROWS)]


def _as_relation(table: Table, rows: Sequence[Row]) -> TableValuedAlias:
    """The rows as a relation: Postgres' `unnest` of one array per column."""
    names = list(rows[0])
    arrays = [
        bindparam(None, [row[name] for row in rows], type_=ARRAY(table.c[name].type, dimensions=1))
        for name in names  # one dimension: a list is a value of a JSON column
    ]
    return func.unnest(*arrays).table_valued(*names, name="given").render_derived()


def _table(model: type[DeclarativeBase]) -> Table:
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model} is not a table")
    return table


def _has_arrays(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
