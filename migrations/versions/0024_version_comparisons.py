"""Comparisons of versions"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
STATUSES = ("queued", "running", "succeeded", "failed", "cancelled")
STATUS = sa.Enum(*STATUSES, name="status", native_enum=False, create_constraint=True, length=16)
INDEXES = ("status", "dataset_id", "before_id", "after_id")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "version_comparisons",
        sa.Column("dataset_id", sa.String(36), nullable=False),
        sa.Column("before_id", sa.String(36), nullable=False),
        sa.Column("after_id", sa.String(36)),
        sa.Column("after_version", sa.String(40)),
        sa.Column("summary", JSON),
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("status", STATUS, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", TIME),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("progress_done", sa.Integer(), nullable=False),
        sa.Column("progress_total", sa.Integer()),
        sa.Column("progress_note", sa.String(), nullable=False),
        sa.Column("progress_rate", sa.Double()),
        sa.Column("error", JSON),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("sent_at", TIME, nullable=False),
        sa.Column("started_at", TIME),
        sa.Column("finished_at", TIME),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["before_id"], ["dataset_versions.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["after_id"], ["dataset_versions.id"], ondelete="CASCADE"),
    )
    for column in INDEXES:
        op.create_index(f"ix_version_comparisons_{column}", "version_comparisons", [column])
    op.create_table(
        "version_differences",
        sa.Column("comparison_id", sa.String(36), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("sample_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("before", sa.String()),
        sa.Column("after", sa.String()),
        sa.Column("verdict", sa.String(16)),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("decided_at", TIME),
        sa.Column("comments", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["comparison_id"], ["version_comparisons.id"], ondelete="CASCADE"),
    )
    columns = ["comparison_id", "kind", "number"]
    op.create_index("ix_version_differences_comparison_id_kind_number", "version_differences", columns)


def downgrade() -> None:
    """Forget the comparisons, which can be made again."""
    op.drop_table("version_differences")
    op.drop_table("version_comparisons")
