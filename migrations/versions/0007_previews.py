"""Previews of ingests, the choices made after them, and the published split of each sample"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Add columns; earlier ingests were no dry runs and have no preview."""
    op.add_column("ingests", sa.Column("dry_run", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("ingests", sa.Column("choices", JSON, nullable=True))
    op.add_column("ingests", sa.Column("preview", JSON, nullable=True))
    op.add_column("samples", sa.Column("source_split", sa.String(), nullable=True))


def downgrade() -> None:
    """Drop the columns."""
    op.drop_column("samples", "source_split")
    for name in ("preview", "choices", "dry_run"):
        op.drop_column("ingests", name)
