"""Fixtures for all tests: real databases, a broker, a blob store, and no network access."""

import os
import shutil
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
import torch  # noqa: F401 - before usearch, see `mslg_core.neighbours.index`
from psycopg import sql
from sqlalchemy import Engine, make_url

import migrations
from store.database.engine import make_engine
from store.infrastructure.blobs import ObjectBlobStore, open_blobs
from store.settings import Settings
from tests.servers import postgres_server, redis_server

LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """A test that connects to another machine fails."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not str(address[0]).startswith(LOOPBACK):
            raise RuntimeError(f"a test tried to reach {address}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(scope="session", autouse=True)
def _clean_environment() -> Iterator[None]:
    """Unset the developer's MSLG_ variables, so that they cannot affect the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith("MSLG_") and not name.startswith("MSLG_TEST_"):
                patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a Postgres server, one for the session."""
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def _migrated_postgres(postgres: str) -> Iterator[str]:
    """A migrated database that tests share one after another; each leaves it empty."""
    with _new_database(postgres) as url:
        migrations.upgrade(url)
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    migrations.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """A migrated SQLite database for one test."""
    path = tmp_path / "mslg.sqlite3"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(_migrated_postgres: str) -> Iterator[str]:
    """A migrated Postgres database without rows. Not for tests that change the schema."""
    yield _migrated_postgres
    _empty(_migrated_postgres)


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'empty.sqlite3'}"


@pytest.fixture
def empty_postgres_url(postgres: str) -> Iterator[str]:
    """A Postgres database without any table."""
    with _new_database(postgres) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database for one test, which runs on SQLite and on Postgres."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """A database without tables; the test runs on SQLite and on Postgres."""
    return str(request.getfixturevalue(f"empty_{request.param}_url"))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on `database_url`."""
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def _redis() -> Iterator[str]:
    with redis_server() as url:
        with redis.Redis.from_url(url) as client:
            assert client.dbsize() == 0, "REDIS_URL must name an empty database: the tests empty it"
        yield url


@pytest.fixture
def redis_url(_redis: str) -> Iterator[str]:
    """An empty Redis database."""
    yield _redis
    with redis.Redis.from_url(_redis) as client:
        client.flushdb()


@pytest.fixture
def blob_url(tmp_path: Path) -> str:
    """A folder for blobs, as a URL."""
    return (tmp_path / "blobs").as_uri()


@pytest.fixture
def blobs(blob_url: str) -> ObjectBlobStore:
    """An empty blob store in a folder for one test."""
    return open_blobs(blob_url)


@pytest.fixture(params=["embedded", "production"])
def settings(request: pytest.FixtureRequest, tmp_path: Path, blob_url: str) -> Settings:
    """The service's settings, both ways to run it: SQLite and a folder of messages, or Postgres and Redis."""
    embedded = request.param == "embedded"
    return Settings(
        data_dir=tmp_path,
        database_url=str(request.getfixturevalue("sqlite_url" if embedded else "postgres_url")),
        broker_url="" if embedded else str(request.getfixturevalue("redis_url")),
        blob_url=blob_url,
    )


@contextmanager
def _new_database(server: str) -> Iterator[str]:
    name = f"mslg_test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _empty(database_url: str) -> None:
    """Empty the database, which takes a tenth of the time of creating one."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        # Open connections belong to finished tests and could hold locks.
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid != pg_backend_pid()"
        )
        # Cascades to all other tables.
        named = "datasets users password_links uploads webhooks webhook_events counters"
        for table in named.split():
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        connection.execute("SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'")
