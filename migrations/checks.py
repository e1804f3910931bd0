"""Replaces CHECK constraints, which SQLite cannot alter."""

import sqlalchemy as sa
from alembic import op


def replace_values(table: str, column: str, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Allow other values in a column of an enumeration. No other table may refer to this one."""
    name = f"ck_{table}_{column}"
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f(name), table)
        op.create_check_constraint(op.f(name), table, listed(column, after))
    else:
        _recreate(table, listed(column, before), listed(column, after))


def listed(column: str, values: tuple[str, ...]) -> str:
    """The condition, as SQLAlchemy writes it."""
    quoted = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({quoted})"


def _recreate(name: str, before: str, after: str) -> None:
    """Copy the rows into a new table."""
    # The table, then its indexes, then its triggers.
    schema = sa.text(
        "SELECT sql FROM sqlite_master WHERE tbl_name = :name AND sql IS NOT NULL "
        "ORDER BY type != 'table', type"
    )
    table, *others = op.get_bind().scalars(schema, {"name": name}).all()
    op.execute(f"ALTER TABLE {name} RENAME TO kept_{name}")
    op.execute(table.replace(before, after))
    op.execute(f"INSERT INTO {name} SELECT * FROM kept_{name}")  # noqa: S608 - our own names
    op.execute(f"DROP TABLE kept_{name}")
    for other in others:
        op.execute(other)
