"""Exports in the formats of other tools"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

CHECK = "ck_exports_format"
SCHEMA = sa.text(
    "SELECT sql FROM sqlite_master WHERE tbl_name = 'exports' AND sql IS NOT NULL ORDER BY type DESC"
)
TABLES = ("csv", "jsonl", "parquet")
OTHERS = (
    *("class_folders", "yolo", "imagefolder", "webdataset", "fiftyone", "label_studio", "cvat", "datumaro"),
    *("cleanlab", "patch"),
)


def upgrade() -> None:
    """Allow the new formats."""
    replace_check(TABLES, TABLES + OTHERS)


def downgrade() -> None:
    """Delete exports in the new formats: earlier versions cannot read their rows."""
    op.execute(f"DELETE FROM exports WHERE {check(OTHERS)}")  # noqa: S608
    replace_check(TABLES + OTHERS, TABLES)


def replace_check(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Allow other formats."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f(CHECK), "exports")
        op.create_check_constraint(op.f(CHECK), "exports", check(after))
    else:
        recreate(check(before), check(after))


def recreate(before: str, after: str) -> None:
    """Copy the rows into a new table: SQLite cannot alter a CHECK."""
    table, *indexes = op.get_bind().scalars(SCHEMA).all()
    op.execute("ALTER TABLE exports RENAME TO kept_exports")
    op.execute(table.replace(before, after))
    op.execute("INSERT INTO exports SELECT * FROM kept_exports")
    op.execute("DROP TABLE kept_exports")
    for index in indexes:
        op.execute(index)


def check(formats: tuple[str, ...]) -> str:
    """The condition, as SQLAlchemy writes it."""
    listed = ", ".join(f"'{name}'" for name in formats)
    return f"format IN ({listed})"
