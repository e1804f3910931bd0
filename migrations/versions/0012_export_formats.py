"""Exports in the formats of other tools"""

from alembic import op

from migrations.checks import listed, replace_values

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = ("csv", "jsonl", "parquet")
OTHERS = (
    *("class_folders", "yolo", "imagefolder", "webdataset", "fiftyone", "label_studio", "cvat", "datumaro"),
    *("cleanlab", "patch"),
)


def upgrade() -> None:
    """Allow the new formats."""
    replace_values("exports", "format", TABLES, TABLES + OTHERS)


def downgrade() -> None:
    """Delete exports in the new formats: earlier versions cannot read their rows."""
    op.execute(f"DELETE FROM exports WHERE {listed('format', OTHERS)}")  # noqa: S608
    replace_values("exports", "format", TABLES + OTHERS, TABLES)
