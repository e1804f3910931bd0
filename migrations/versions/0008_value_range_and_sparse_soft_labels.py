"""The range of values in deep images, notes of an ingest, and soft labels of some classes only"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Add the columns. Earlier ingests have no notes, and earlier soft labels are of all classes."""
    no_bytes = sa.text("x''" if op.get_bind().dialect.name == "sqlite" else "''")
    op.add_column("datasets", sa.Column("value_range", JSON, nullable=True))
    op.add_column("ingests", sa.Column("notes", JSON, nullable=False, server_default="[]"))
    op.add_column(
        "results",
        sa.Column("soft_label_classes", sa.LargeBinary(), nullable=False, server_default=no_bytes),
    )


def downgrade() -> None:
    """Remove the columns."""
    op.drop_column("results", "soft_label_classes")
    op.drop_column("ingests", "notes")
    op.drop_column("datasets", "value_range")
