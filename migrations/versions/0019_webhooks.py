"""Webhooks, their events and deliveries, and what reviews were last advised"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

UUID = sa.String(36)
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
TIME = sa.DateTime(timezone=True)
STATUSES = ("queued", "running", "succeeded", "failed", "cancelled")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "webhooks",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("dataset_id", UUID, nullable=False, index=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("events", JSON, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("notice", sa.String(), nullable=False),
        sa.Column("failing_since", TIME),
        sa.Column("created_at", TIME, nullable=False),
    )
    op.create_table(
        "webhook_events",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("dataset_id", UUID, nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("created_at", TIME, nullable=False, index=True),
    )
    _create_deliveries()
    op.create_table(
        "advised_jobs",
        sa.Column("job_id", UUID, sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("advice", sa.String(), nullable=False),
        sa.Column("newest_verification", sa.BigInteger(), nullable=False),
        sa.Column("advised_at", TIME, nullable=False),
    )


def _create_deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("webhook_id", UUID, nullable=False),
        sa.Column("event_id", UUID, nullable=False, index=True),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("response_status", sa.Integer()),
        sa.Column("response_excerpt", sa.String(), nullable=False),
        sa.Column("id", UUID, primary_key=True),
        sa.Column(
            "status",
            sa.Enum(*STATUSES, name="status", native_enum=False, create_constraint=True, length=16),
            nullable=False,
            index=True,
        ),
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
        sa.ForeignKeyConstraint(["webhook_id"], ["webhooks.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["event_id"], ["webhook_events.id"], ondelete="CASCADE"),
    )
    op.create_index(
        op.f("ix_webhook_deliveries_webhook_id_created_at_id"),
        "webhook_deliveries",
        ["webhook_id", "created_at", "id"],
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("advised_jobs", "webhook_deliveries", "webhook_events", "webhooks"):
        op.drop_table(table)
