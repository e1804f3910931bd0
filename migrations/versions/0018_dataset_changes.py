"""A log of a dataset's changes, and its version"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
KINDS = ("created", "images_added", "verified_images_added")
KIND = sa.Enum(*KINDS, name="kind", native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    """Create the table. Datasets of earlier versions begin with version 0."""
    op.create_table(
        "dataset_changes",
        sa.Column("id", BIG_ID, primary_key=True),
        sa.Column("dataset_id", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("undo", sa.LargeBinary()),
        sa.Column("undoes", sa.Integer()),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], ondelete="CASCADE"),
        sa.UniqueConstraint("dataset_id", "number"),
        sqlite_autoincrement=True,
    )
    op.add_column("datasets", sa.Column("version", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Forget the changes."""
    op.drop_column("datasets", "version")
    op.drop_table("dataset_changes")
