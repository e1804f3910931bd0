"""The service's database, asked directly: filled in bulk, and timed with bare SQL."""

import sqlite3
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import sql
from sqlalchemy import make_url

BUSY_SECONDS = 60
OTHERS = """SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
AND backend_type = 'client backend'"""

Rows = Iterator[tuple[Any, ...]]


class Database(Protocol):
    """A connection to the service's database. Statements mark their parameters by `%s`."""

    url: str

    def load(self, table: str, columns: Sequence[str], rows: Rows) -> None:
        """Add rows in bulk, and commit."""

    def fetch(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""

    def write_out(self, statement: str) -> int:
        """Read a whole query in the fastest way of this database; its size in bytes or rows."""

    def processes(self) -> list[int]:
        """Process ids of the connections of others, if they are processes of this machine."""

    def settle(self) -> None:
        """Bring statistics up to date, as the database's own upkeep does in time."""


class Postgres:
    """See `Database`."""

    def __init__(self, url: str, connection: psycopg.Connection) -> None:
        self.url, self._connection = url, connection

    def load(self, table: str, columns: Sequence[str], rows: Rows) -> None:
        """See `Database`."""
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)

    def fetch(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """See `Database`."""
        cursor = self._connection.execute(statement.encode(), values or None)
        return cursor.fetchall() if cursor.description else []

    def write_out(self, statement: str) -> int:
        """See `Database`."""
        with (
            self._connection.cursor() as cursor,
            cursor.copy(f"COPY ({statement}) TO STDOUT".encode()) as copy,
        ):
            return sum(len(part) for part in copy)

    def processes(self) -> list[int]:
        """See `Database`."""
        return [pid for (pid,) in self.fetch(OTHERS)]

    def settle(self) -> None:
        """See `Database`."""
        self._connection.execute("VACUUM ANALYZE")


class Sqlite:
    """See `Database`."""

    def __init__(self, url: str, connection: sqlite3.Connection) -> None:
        self.url, self._connection = url, connection

    def load(self, table: str, columns: Sequence[str], rows: Rows) -> None:
        """See `Database`."""
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - our own names
        with self._connection:
            self._connection.executemany(statement, rows)

    def fetch(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """See `Database`."""
        return self._connection.execute(statement.replace("%s", "?"), values).fetchall()

    def write_out(self, statement: str) -> int:
        """See `Database`."""
        return sum(1 for _ in self._connection.execute(statement))

    def processes(self) -> list[int]:
        """See `Database`."""
        return []

    def settle(self) -> None:
        """See `Database`."""
        self._connection.execute("ANALYZE")
        self._connection.commit()


@contextmanager
def new_database(server: str | None, folder: Path) -> Iterator[str]:
    """The URL of an empty database: of its own on a Postgres server, or a SQLite file in `folder`."""
    if server is None:
        yield f"sqlite:///{folder / 'mslg.sqlite3'}"
        return
    name = sql.Identifier(f"mslg_scale_{uuid.uuid4().hex}")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            yield make_url(server).set(database=name.as_string().strip('"')).render_as_string(False)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@contextmanager
def connected(url: str) -> Iterator[Database]:
    """A connection to a database of either kind."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(make_url(url).database or "", timeout=BUSY_SECONDS)) as sqlite:
            yield Sqlite(url, sqlite)
    else:
        with psycopg.connect(url, autocommit=True) as postgres:
            yield Postgres(url, postgres)


def seconds_of(database: Database, statement: str, values: Sequence[Any] = ()) -> float:
    """How long a query takes with all its rows, in seconds."""
    began = time.perf_counter()
    database.fetch(statement, values)
    return time.perf_counter() - began
