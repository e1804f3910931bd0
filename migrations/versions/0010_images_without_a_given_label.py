"""Images without a given label, and verified images beside a dataset"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INDEX = "ix_samples_unlabelled"
COUNTS = ("num_unlabelled", "num_separate")


def upgrade() -> None:
    """Let `samples.given_label` be null, and count such images by how they came."""
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("samples", "given_label", nullable=True)
    else:
        replace_column("INTEGER")
    op.add_column("samples", sa.Column("separate", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        INDEX,
        "samples",
        ["dataset_id", "position"],
        postgresql_where=sa.text("given_label IS NULL"),
        sqlite_where=sa.text("given_label IS NULL"),
    )
    for name in COUNTS:
        op.add_column("datasets", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    # In SQL: SQLite accepts a CHECK only together with its column.
    op.execute(
        "ALTER TABLE ingests ADD COLUMN kind VARCHAR(16) DEFAULT 'dataset' NOT NULL "
        "CONSTRAINT ck_ingests_kind CHECK (kind IN ('dataset', 'verified_images'))"
    )


def downgrade() -> None:
    """Delete the images without a given label: revision 0009 cannot hold them."""
    op.execute("DELETE FROM ingests WHERE kind = 'verified_images'")
    op.drop_column("ingests", "kind")
    op.execute("UPDATE datasets SET num_samples = num_samples - num_unlabelled")
    for name in COUNTS:
        op.drop_column("datasets", name)
    op.drop_index(INDEX, "samples")
    op.drop_column("samples", "separate")
    op.execute(
        "DELETE FROM verifications WHERE sample_id IN (SELECT id FROM samples WHERE given_label IS NULL)"
    )
    op.execute("DELETE FROM samples WHERE given_label IS NULL")
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("samples", "given_label", nullable=False)
    else:
        replace_column("INTEGER DEFAULT 0 NOT NULL")


def replace_column(kind: str) -> None:
    """Copy `given_label` into a new column: SQLite cannot change whether a column is nullable."""
    op.execute(f"ALTER TABLE samples ADD COLUMN kept_label {kind}")
    op.execute("UPDATE samples SET kept_label = given_label")
    op.execute("ALTER TABLE samples DROP COLUMN given_label")
    op.execute("ALTER TABLE samples RENAME COLUMN kept_label TO given_label")
