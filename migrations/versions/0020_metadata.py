"""Metadata of samples, and a description of its columns"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Datasets of earlier versions have no metadata."""
    op.add_column("samples", sa.Column("metadata_values", JSON))
    op.add_column("datasets", sa.Column("metadata_columns", JSON, nullable=False, server_default="[]"))


def downgrade() -> None:
    """Forget the metadata."""
    op.drop_column("datasets", "metadata_columns")
    op.drop_column("samples", "metadata_values")
