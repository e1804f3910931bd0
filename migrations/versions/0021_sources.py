"""Sources of datasets: images that stay where they are, and checks of them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

UUID = sa.String(36)
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
TIME = sa.DateTime(timezone=True)
STATUSES = ("queued", "running", "succeeded", "failed", "cancelled")
INDEX = "ix_samples_source"


def upgrade() -> None:
    """Create the tables, and the columns of images that stay in a source."""
    op.create_table(
        "dataset_sources",
        sa.Column("dataset_id", UUID, primary_key=True),
        sa.Column("kind", _enum("kind", "folder", "bucket", "hugging_face"), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("options", JSON, nullable=False),
        sa.Column("credentials", sa.LargeBinary()),
        sa.Column("delivery", _enum("delivery", "proxied", "redirect"), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], ondelete="CASCADE"),
    )
    _create_checks()
    op.add_column("samples", sa.Column("source_stamp", sa.String()))
    # In SQL: SQLite accepts a CHECK only together with its column.
    op.execute(
        "ALTER TABLE samples ADD COLUMN source_problem VARCHAR(16) "
        "CONSTRAINT ck_samples_source_problem CHECK (source_problem IN ('changed', 'missing'))"
    )
    there = sa.text("source_stamp IS NOT NULL")
    op.create_index(INDEX, "samples", ["dataset_id", "sha256"], postgresql_where=there, sqlite_where=there)


def _create_checks() -> None:
    op.create_table(
        "source_checks",
        sa.Column("dataset_id", UUID, nullable=False),
        sa.Column("report", JSON),
        sa.Column("id", UUID, primary_key=True),
        sa.Column("status", _enum("status", *STATUSES), nullable=False, index=True),
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
    )
    op.create_index(None, "source_checks", ["dataset_id", "created_at"])


def downgrade() -> None:
    """Drop them. Images that stay in a source are lost to their datasets."""
    op.drop_index(INDEX, "samples")
    op.drop_column("samples", "source_problem")
    op.drop_column("samples", "source_stamp")
    op.drop_table("source_checks")
    op.drop_table("dataset_sources")


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=16)
