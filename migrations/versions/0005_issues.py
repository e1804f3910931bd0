"""Issues besides label errors: duplicates, outliers, bad images; the index of similar images; the map"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None

UUID = sa.String(36)
KINDS = (
    "exact_duplicate",
    "near_duplicate",
    "conflicting_duplicate",
    "outlier",
    "out_of_distribution",
    "dark",
    "light",
    "blurry",
    "low_information",
    "odd_size",
    "odd_aspect_ratio",
)


def upgrade() -> None:
    """Add the tables `issues` and `duplicate_groups`, and columns for blobs and groups."""
    create_issues()
    create_duplicate_groups()
    op.add_column("jobs", sa.Column("index_key", sa.String()))
    op.add_column("jobs", sa.Column("map_key", sa.String()))
    op.add_column("samples", sa.Column("duplicate_group", sa.BigInteger()))
    grouped = sa.text("duplicate_group IS NOT NULL")
    op.create_index(
        "ix_samples_dataset_id_duplicate_group",
        "samples",
        ["dataset_id", "duplicate_group"],
        postgresql_where=grouped,
        sqlite_where=grouped,
    )


def downgrade() -> None:
    """Drop what `upgrade` added."""
    op.drop_index("ix_samples_dataset_id_duplicate_group", "samples")
    op.drop_column("samples", "duplicate_group")
    op.drop_column("jobs", "map_key")
    op.drop_column("jobs", "index_key")
    op.drop_table("duplicate_groups")
    op.drop_table("issues")


def create_issues() -> None:
    """Create `issues`: each kind's ranked samples."""
    grouped = sa.text("group_number IS NOT NULL")
    op.create_table(
        "issues",
        sa.Column("job_id", UUID, primary_key=True),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="kind", native_enum=False, create_constraint=True, length=24),
            primary_key=True,
        ),
        sa.Column("rank", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("sample_id", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("group_number", sa.Integer()),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], ondelete="CASCADE"),
        sa.Index(None, "job_id", "sample_id"),
        sa.Index(None, "job_id", "group_number", postgresql_where=grouped, sqlite_where=grouped),
    )


def create_duplicate_groups() -> None:
    """Create `duplicate_groups`."""
    op.create_table(
        "duplicate_groups",
        sa.Column("job_id", UUID, primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("is_exact", sa.Boolean(), nullable=False),
        sa.Column("labels_disagree", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], ondelete="CASCADE"),
        sa.Index(None, "job_id", "labels_disagree", "number"),
    )
