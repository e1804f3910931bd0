"""Alembic runs this file for every command, in one transaction on the configured database."""

from sqlite3 import Connection as SqliteConnection
from typing import Any

from alembic import context
from sqlalchemy import event, text

import store.models  # noqa: F401 # fills Base.metadata
from store.database.engine import Base, make_engine

# An arbitrary number, the same in all processes.
ADVISORY_LOCK = 6_748_201


def keep_children(connection: SqliteConnection, _record: Any) -> None:
    """SQLite alters a table by replacing it; with foreign keys on, that would delete the child rows."""
    connection.execute("PRAGMA foreign_keys = OFF")


def run() -> None:
    """Run the command's migrations. Concurrent processes wait for each other."""
    engine = make_engine(context.config.attributes["database_url"])
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", keep_children)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
