"""Migrations produce the schema of the models, up and down, on both databases."""

import subprocess
import sys
from typing import Any

import pytest
from alembic import command
from sqlalchemy import inspect

import migrations
from store.database.engine import Base, make_engine


def describe(database_url: str) -> dict[str, Any]:
    """The tables with columns, keys, indexes and checks, as the database reports them."""
    engine = make_engine(database_url)
    inspector = inspect(engine)
    described = {
        table: {
            "columns": {c["name"]: (str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)},
            "primary key": inspector.get_pk_constraint(table)["name"],
            "foreign keys": sorted(
                (str(k["name"]), k["referred_table"], k["options"].get("ondelete"))
                for k in inspector.get_foreign_keys(table)
            ),
            "unique": sorted(
                (str(u["name"]), tuple(u["column_names"])) for u in inspector.get_unique_constraints(table)
            ),
            "checks": sorted((str(c["name"]), c["sqltext"]) for c in inspector.get_check_constraints(table)),
            "indexes": sorted(
                (str(i["name"]), tuple(i["column_names"])) for i in inspector.get_indexes(table)
            ),
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }
    engine.dispose()
    return described


@pytest.fixture
def migrated_url(empty_database_url: str) -> str:
    """A migrated database whose schema the test may change."""
    migrations.upgrade(empty_database_url)
    return empty_database_url


def test_alembic_finds_no_difference_from_the_models(database_url: str) -> None:
    command.check(migrations.config_for(database_url))


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_the_migrated_schema_equals_that_of_the_models(request: pytest.FixtureRequest, kind: str) -> None:
    migrated_url = request.getfixturevalue(f"{kind}_url")
    created_url = request.getfixturevalue(f"empty_{kind}_url")
    engine = make_engine(created_url)
    Base.metadata.create_all(engine)
    engine.dispose()

    assert describe(migrated_url) == describe(created_url)


def test_downgrade_removes_everything_and_upgrade_restores_it(migrated_url: str) -> None:
    before = describe(migrated_url)

    migrations.downgrade(migrated_url, "base")
    assert describe(migrated_url) == {}

    migrations.upgrade(migrated_url)
    assert describe(migrated_url) == before


def test_upgrade_twice_changes_nothing(migrated_url: str) -> None:
    before = describe(migrated_url)
    migrations.upgrade(migrated_url)
    assert describe(migrated_url) == before


def test_concurrent_migrations_wait_for_each_other(empty_database_url: str) -> None:
    program = "import sys, migrations; migrations.upgrade(sys.argv[1])"
    command_line = [sys.executable, "-c", program, empty_database_url]
    processes = [subprocess.Popen(command_line, stderr=subprocess.PIPE) for _ in range(3)]

    for process in processes:
        _, stderr = process.communicate(timeout=60)
        assert process.returncode == 0, stderr.decode()
    assert "samples" in describe(empty_database_url)
