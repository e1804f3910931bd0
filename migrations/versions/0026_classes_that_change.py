"""Classes with settings, in a chosen order; images that are removed; their changes in the log"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.checks import replace_values

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
KINDS = ("created", "images_added", "verified_images_added")
NEW_KINDS = (
    "class_added",
    "class_changed",
    "classes_reordered",
    "classes_merged",
    "class_removed",
    "images_removed",
    "images_restored",
    "undone",
)


def upgrade() -> None:
    """Add the columns. Classes are as they were, in order of their index."""
    op.add_column("datasets", sa.Column("class_settings", JSON, nullable=False, server_default="{}"))
    op.add_column("datasets", sa.Column("class_order", JSON, nullable=False, server_default="[]"))
    replace_values("dataset_changes", "kind", KINDS, (*KINDS, *NEW_KINDS))


def downgrade() -> None:
    """Forget the settings and their changes: merged classes are apart again, removed ones are back."""
    listed = ", ".join(f"'{kind}'" for kind in NEW_KINDS)
    op.execute(f"DELETE FROM dataset_changes WHERE kind IN ({listed})")  # noqa: S608 - our own names
    replace_values("dataset_changes", "kind", (*KINDS, *NEW_KINDS), KINDS)
    op.drop_column("datasets", "class_order")
    op.drop_column("datasets", "class_settings")
