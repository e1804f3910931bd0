"""Classes that reviewers propose"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0028"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATUSES = ("pending", "accepted", "mapped", "rejected", "withdrawn")


def upgrade() -> None:
    """Add the table; nobody has proposed a class yet."""
    op.create_table(
        "class_proposals",
        sa.Column("id", BIG_ID, primary_key=True),
        sa.Column("dataset_id", sa.String(36), nullable=False),
        sa.Column("sample_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("label", sa.Integer()),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["sample_id"], ["samples.id"], ondelete="CASCADE"),
        sa.CheckConstraint(sa.column("status").in_(STATUSES), name="status"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_class_proposals_dataset_id_status_sample_id",
        "class_proposals",
        ["dataset_id", "status", "sample_id"],
    )
    op.create_index("ix_class_proposals_sample_id_id", "class_proposals", ["sample_id", "id"])


def downgrade() -> None:
    """Forget the proposals. Classes that were accepted stay."""
    op.drop_table("class_proposals")
