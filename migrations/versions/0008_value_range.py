"""The range of values in images of more than 8 bits, and notes of an ingest"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Add both columns. Earlier ingests have no notes."""
    op.add_column("datasets", sa.Column("value_range", JSON, nullable=True))
    op.add_column("ingests", sa.Column("notes", JSON, nullable=False, server_default="[]"))


def downgrade() -> None:
    """Remove both columns."""
    op.drop_column("ingests", "notes")
    op.drop_column("datasets", "value_range")
