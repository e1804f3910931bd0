"""How much a task does per second"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = ("ingests", "jobs", "exports")


def upgrade() -> None:
    """Add the column to every kind of task."""
    for table in TABLES:
        op.add_column(table, sa.Column("progress_rate", sa.Double()))


def downgrade() -> None:
    """Drop it."""
    for table in TABLES:
        op.drop_column(table, "progress_rate")
