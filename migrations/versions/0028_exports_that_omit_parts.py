"""Exports that omit parts of what is known of an image"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Add the column. Earlier exports omit nothing."""
    op.add_column("exports", sa.Column("omit", JSON, nullable=False, server_default="[]"))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("exports", "omit")
