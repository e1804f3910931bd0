"""Tags on samples, saved views, and the column whose values stay in one part of the verified set"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
PRESENT = sa.text("removed_at IS NULL")


def upgrade() -> None:
    """Nothing has a tag; no dataset has a view or a group column."""
    op.add_column("datasets", sa.Column("group_column", sa.String()))
    op.create_table(
        "sample_tags",
        sa.Column("id", BIG_ID, primary_key=True),
        sa.Column("dataset_id", sa.String(36), nullable=False),
        sa.Column("sample_id", sa.BigInteger(), nullable=False),
        sa.Column("tag", sa.String(100), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by", sa.String()),
        sa.Column("removed_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["sample_id"], ["samples.id"], ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_sample_tags_present",
        "sample_tags",
        ["sample_id", "tag"],
        unique=True,
        postgresql_where=PRESENT,
        sqlite_where=PRESENT,
    )
    op.create_index(
        "ix_sample_tags_dataset_id_tag_sample_id", "sample_tags", ["dataset_id", "tag", "sample_id"]
    )
    op.create_table(
        "saved_views",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("dataset_id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("page", sa.String(20), nullable=False),
        sa.Column("search", JSON, nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], ondelete="CASCADE"),
        sa.UniqueConstraint("dataset_id", "name"),
    )


def downgrade() -> None:
    """Forget tags, views and the group column."""
    op.drop_table("saved_views")
    op.drop_table("sample_tags")
    op.drop_column("datasets", "group_column")
