"""Shares of a queue, assigned to reviewers"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

UUID = sa.String(36)
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "queue_shares",
        sa.Column("id", BIG_ID, primary_key=True),
        sa.Column("dataset_id", UUID, nullable=False),
        sa.Column("assignees", JSON, nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], ondelete="CASCADE"),
        sa.Index(None, "dataset_id", "id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "shared_samples",
        sa.Column("sample_id", BIG_ID, primary_key=True),
        sa.Column("share_id", BIG_ID, nullable=False, index=True),
        sa.ForeignKeyConstraint(["sample_id"], ["samples.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["share_id"], ["queue_shares.id"], ondelete="CASCADE"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("shared_samples")
    op.drop_table("queue_shares")
