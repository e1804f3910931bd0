"""The declarative base, the engine, and `session_scope`, the only way to open a transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, make_url
from sqlalchemy.orm import DeclarativeBase, Session

from store.database.columns import UtcDateTime

if TYPE_CHECKING:  # a driver that services on SQLite need not load
    from psycopg import Connection as PostgresConnection

BUSY_TIMEOUT_SECONDS = 30

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all tables. Constraints are named, so that migrations can change them."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012 # as SQLAlchemy requires it


def make_engine(database_url: str) -> Engine:
    """An engine for `sqlite:///file` or `postgresql://...`. Make one per process, after any fork."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return _make_sqlite_engine(database_url)
    if url.get_backend_name() in ("postgresql", "postgres"):
        engine = create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
        event.listen(engine, "connect", _prepare_postgres)
        return engine
    raise ValueError(f"MSLG_DATABASE_URL must be sqlite:/// or postgresql://, not {url.get_backend_name()}")


@contextmanager
def session_scope(engine: Engine, *, read_only: bool = False) -> Iterator[Session]:
    """One transaction: committed at the end of the block, rolled back on any error.

    A `read_only` transaction refuses to write, and sees one state of the database from its first statement to
    its last. On SQLite it never waits for a writer, whereas writers take turns from their first statement on,
    so that none fails half-way with a "locked" database.
    """
    bound = engine.execution_options(postgresql_readonly=read_only, sqlite_readonly=read_only)
    if read_only and engine.dialect.name == "postgresql":
        bound = bound.execution_options(isolation_level="REPEATABLE READ")
    with Session(bound, expire_on_commit=False) as session, session.begin():
        yield session


def _make_sqlite_engine(database_url: str) -> Engine:
    path = make_url(database_url).database
    if not path or path == ":memory:":
        raise ValueError("SQLite needs a file: an in-memory database can not be shared with the workers")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    # isolation_level None: the driver begins no transactions of its own, `_begin` does.
    engine = create_engine(
        database_url, connect_args={"isolation_level": None, "timeout": BUSY_TIMEOUT_SECONDS}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_postgres(connection: "PostgresConnection", _record: Any) -> None:
    """Disable JIT compilation: for a queue of 100,000 samples it takes 2 s, the query itself 0.1 s."""
    connection.autocommit = True
    connection.execute("SET jit = off")
    connection.autocommit = False


def _prepare_sqlite(connection: SqliteConnection, _record: Any) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("sqlite_readonly", False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if read_only else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
