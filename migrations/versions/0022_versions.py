"""Named versions of a dataset, the version that a job or export saw, and exports of versions"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
STATUSES = ("queued", "running", "succeeded", "failed", "cancelled")
STATUS = sa.Enum(*STATUSES, name="status", native_enum=False, create_constraint=True, length=16)
KEYS = {"dataset_id": "datasets", "version_id": "dataset_versions"}
CONSTRAINTS = "".join(
    f"CONSTRAINT fk_exports_{column}_{table} FOREIGN KEY({column}) "
    f"REFERENCES {table} (id) ON DELETE CASCADE, "
    for column, table in KEYS.items()
)


def upgrade() -> None:
    """Jobs and exports of earlier versions do not know the version that they saw."""
    op.create_table(
        "dataset_versions",
        sa.Column("dataset_id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("job_id", sa.String(36)),
        sa.Column("dataset_version", sa.String(40)),
        sa.Column("classes", JSON),
        sa.Column("num_images", sa.Integer()),
        sa.Column("table_key", sa.String()),
        sa.Column("size_bytes", sa.BigInteger()),
        *work_columns(),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], ondelete="SET NULL"),
        sa.UniqueConstraint("dataset_id", "name"),
    )
    op.create_index("ix_dataset_versions_status", "dataset_versions", ["status"])
    op.add_column("jobs", sa.Column("dataset_version", sa.String(40)))
    if op.get_bind().dialect.name == "postgresql":
        add_to_exports()
    else:
        recreate_exports()
    for column in KEYS:
        op.create_index(f"ix_exports_{column}", "exports", [column])


def downgrade() -> None:
    """Delete the exports of versions, which belong to no job."""
    op.execute("DELETE FROM exports WHERE job_id IS NULL")
    for column in KEYS:
        op.drop_index(f"ix_exports_{column}", "exports")
    if op.get_bind().dialect.name == "postgresql":
        for column in (*KEYS, "dataset_version"):
            op.drop_column("exports", column)
        op.alter_column("exports", "job_id", nullable=False)
    else:
        restore_exports()
    op.drop_column("jobs", "dataset_version")
    op.drop_table("dataset_versions")


def work_columns() -> tuple[sa.Column[object], ...]:
    """The columns of the mixin `Work`."""
    return (
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("status", STATUS, nullable=False),
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
    )


def add_to_exports() -> None:
    """Add the columns on Postgres."""
    op.alter_column("exports", "job_id", nullable=True)
    op.add_column("exports", sa.Column("dataset_version", sa.String(40)))
    for column in KEYS:
        op.add_column("exports", sa.Column(column, sa.String(36)))
    op.execute("UPDATE exports SET dataset_id = jobs.dataset_id FROM jobs WHERE jobs.id = exports.job_id")
    op.alter_column("exports", "dataset_id", nullable=False)
    for column, table in KEYS.items():
        op.create_foreign_key(None, "exports", table, [column], ["id"], ondelete="CASCADE")


def recreate_exports() -> None:
    """The same on SQLite, which adds no column that must have a value and refers to another table."""
    added = "dataset_id VARCHAR(36) NOT NULL, job_id VARCHAR(36), version_id VARCHAR(36), dataset_version "
    edit = {
        "job_id VARCHAR(36) NOT NULL": added + "VARCHAR(40)",
        "CONSTRAINT pk_exports": CONSTRAINTS + "CONSTRAINT pk_exports",
    }
    copy_exports(edit, dataset_id="(SELECT dataset_id FROM jobs WHERE jobs.id = job_id)")


def restore_exports() -> None:
    """Undo `recreate_exports`."""
    added = "dataset_id VARCHAR(36) NOT NULL, job_id VARCHAR(36), version_id VARCHAR(36), dataset_version "
    copy_exports({added + "VARCHAR(40)": "job_id VARCHAR(36) NOT NULL", CONSTRAINTS: ""})


def copy_exports(edit: dict[str, str], **filled: str) -> None:
    """Copy the rows into a new table, whose definition is the edited one. filled: new columns, in SQL."""
    bind = op.get_bind()
    schema = "SELECT sql FROM sqlite_master WHERE tbl_name = 'exports' AND sql IS NOT NULL ORDER BY type DESC"
    table, *indexes = bind.scalars(sa.text(schema)).all()
    for before, after in edit.items():
        table = table.replace(before, after)
    op.execute("ALTER TABLE exports RENAME TO kept_exports")
    op.execute(table)
    old, new = ({c["name"] for c in sa.inspect(bind).get_columns(n)} for n in ("kept_exports", "exports"))
    names = sorted(old & new)
    op.execute(
        f"INSERT INTO exports ({', '.join([*names, *filled])}) "  # noqa: S608 - our own names
        f"SELECT {', '.join([*names, *filled.values()])} FROM kept_exports"
    )
    op.execute("DROP TABLE kept_exports")
    for index in indexes:
        op.execute(index)
