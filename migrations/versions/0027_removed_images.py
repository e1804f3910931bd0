"""Images that are removed and can be restored; classes that are split off"""

import sqlalchemy as sa
from alembic import op

from migrations.checks import replace_values

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

BEFORE = (
    "created",
    "images_added",
    "verified_images_added",
    "class_added",
    "class_changed",
    "classes_reordered",
    "classes_merged",
    "class_removed",
    "images_removed",
    "images_restored",
    "undone",
)
AFTER = (*BEFORE[:-3], "class_split", *BEFORE[-3:])
IS_REMOVED = sa.text("removed_at IS NOT NULL")


def upgrade() -> None:
    """Add the columns; no image is removed yet."""
    op.add_column("samples", sa.Column("removed_at", sa.DateTime(timezone=True)))
    op.add_column("samples", sa.Column("removed_by", sa.String(), nullable=False, server_default=""))
    op.create_index(
        "ix_samples_removed",
        "samples",
        ["dataset_id", "removed_at", "id"],
        postgresql_where=IS_REMOVED,
        sqlite_where=IS_REMOVED,
    )
    op.add_column("datasets", sa.Column("num_removed", sa.Integer(), nullable=False, server_default="0"))
    replace_values("dataset_changes", "kind", BEFORE, AFTER)


def downgrade() -> None:
    """Bring all removed images back. Classes that were split off stay, as added ones."""
    op.execute("UPDATE dataset_changes SET kind = 'class_added' WHERE kind = 'class_split'")
    replace_values("dataset_changes", "kind", AFTER, BEFORE)
    op.drop_column("datasets", "num_removed")
    op.drop_index("ix_samples_removed", "samples")
    op.drop_column("samples", "removed_by")
    op.drop_column("samples", "removed_at")
