"""The numbers that automatic ids go on from. No id of a deleted sample may be given to another one."""

import sqlalchemy as sa
from sqlalchemy import Connection

from store.database.engine import Base


def read_counters(connection: Connection) -> dict[str, int]:
    """The last id that was given, by table."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(sa.text("SELECT name, seq FROM sqlite_sequence")).all()
        return {name: number for name, number in rows if name in Base.metadata.tables}
    names = _sequences(connection)
    last = {table: sa.text(f"SELECT last_value, is_called FROM {name}") for table, name in names.items()}  # noqa: S608
    values = {table: connection.execute(statement).one() for table, statement in last.items()}
    return {table: value for table, (value, is_called) in values.items() if is_called}


def set_counters(connection: Connection, counters: dict[str, int]) -> None:
    """Go on from these."""
    if connection.dialect.name == "sqlite":
        for table, number in counters.items():
            connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table})
            row = {"name": table, "number": number}
            connection.execute(sa.text("INSERT INTO sqlite_sequence VALUES (:name, :number)"), row)
        return
    names = _sequences(connection)
    for table, number in counters.items():
        if table in names:
            row = {"name": names[table], "number": number}
            connection.execute(sa.text("SELECT setval(CAST(:name AS regclass), :number)"), row)


def _sequences(connection: Connection) -> dict[str, str]:
    """The sequence of each table that has one."""
    find = sa.text("SELECT pg_get_serial_sequence(:table, 'id')")
    tables = [name for name, table in Base.metadata.tables.items() if "id" in table.columns]
    found = {name: connection.scalar(find, {"table": name}) for name in tables}
    return {table: name for table, name in found.items() if name is not None}
