"""Images that join a dataset later"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.checks import replace_values

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KINDS = ("dataset", "verified_images")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Allow the kind, with what it does with images that are there already and what it changed."""
    replace_values("ingests", "kind", KINDS, (*KINDS, "addition"))
    # In SQL: SQLite accepts a CHECK only together with its column.
    op.execute(
        "ALTER TABLE ingests ADD COLUMN on_existing VARCHAR(16) DEFAULT 'skip' NOT NULL "
        "CONSTRAINT ck_ingests_on_existing CHECK (on_existing IN ('skip', 'update'))"
    )
    op.add_column("ingests", sa.Column("changes", JSON))


def downgrade() -> None:
    """Forget the additions. Their images stay."""
    op.execute("DELETE FROM ingests WHERE kind = 'addition'")
    op.drop_column("ingests", "changes")
    op.drop_column("ingests", "on_existing")
    replace_values("ingests", "kind", (*KINDS, "addition"), KINDS)
