"""The first tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

UUID = sa.String(36)
TIME = sa.DateTime(timezone=True)
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

VERDICTS = ("correct", "wrong", "wrong_unknown", "unsure", "unusable", "withdrawn")
TABLES = (
    "datasets",
    "ingests",
    "jobs",
    "rejections",
    "samples",
    "epochs",
    "exports",
    "results",
    "verifications",
)


def upgrade() -> None:
    """Create all tables, parents first."""
    create_datasets()
    create_ingests()
    create_jobs()
    create_rejections()
    create_samples()
    create_epochs()
    create_exports()
    create_results()
    create_verifications()


def downgrade() -> None:
    """Drop all tables with their indexes, children first."""
    for table in reversed(TABLES):
        op.drop_table(table)


def choice(name: str, *values: str) -> sa.Enum:
    """Text with a CHECK constraint."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=16)


def parent(column: str, table: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    """A foreign key to the `id` of another table."""
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], ondelete=ondelete)


def index_where(condition: str, *columns: str) -> sa.Index:
    """An index of the rows for which the condition holds."""
    return sa.Index(None, *columns, postgresql_where=sa.text(condition), sqlite_where=sa.text(condition))


def work_columns() -> list[sa.Column[object]]:
    """The columns that ingests, jobs and exports share."""
    return [
        sa.Column("id", UUID, primary_key=True),
        sa.Column(
            "status",
            choice("status", "queued", "running", "succeeded", "failed", "cancelled"),
            nullable=False,
            index=True,
        ),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", TIME),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("progress_done", sa.Integer(), nullable=False),
        sa.Column("progress_total", sa.Integer()),
        sa.Column("progress_note", sa.String(), nullable=False),
        sa.Column("error", JSON),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("sent_at", TIME, nullable=False),
        sa.Column("started_at", TIME),
        sa.Column("finished_at", TIME),
    ]


def create_datasets() -> None:
    """`datasets`"""
    op.create_table(
        "datasets",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("status", choice("status", "empty", "ingesting", "ready", "failed"), nullable=False),
        sa.Column("classes", JSON, nullable=False),
        sa.Column("num_samples", sa.Integer(), nullable=False),
        sa.Column("num_rejections", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False, index=True),
    )


def create_ingests() -> None:
    """`ingests`"""
    op.create_table(
        "ingests",
        *work_columns(),
        sa.Column("dataset_id", UUID, nullable=False),
        sa.Column("archive_key", sa.String(), nullable=False),
        sa.Column("file_name", sa.String()),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        parent("dataset_id", "datasets"),
        sa.Index(None, "dataset_id", "created_at"),
    )


def create_jobs() -> None:
    """`jobs`"""
    op.create_table(
        "jobs",
        *work_columns(),
        sa.Column("dataset_id", UUID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("config", JSON, nullable=False),
        sa.Column("checkpoint_key", sa.String()),
        sa.Column("summary", JSON),
        parent("dataset_id", "datasets"),
        sa.Index(None, "dataset_id", "created_at"),
        sa.Index(None, "created_at"),
    )


def create_rejections() -> None:
    """`rejections`"""
    op.create_table(
        "rejections",
        sa.Column("id", BIG_ID, primary_key=True),
        sa.Column("dataset_id", UUID, nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("reason_code", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        parent("dataset_id", "datasets"),
        sa.Index(None, "dataset_id", "id"),
        sqlite_autoincrement=True,
    )


def create_samples() -> None:
    """`samples`"""
    op.create_table(
        "samples",
        sa.Column("id", BIG_ID, primary_key=True),
        sa.Column("dataset_id", UUID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String()),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("given_label", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("image_key", sa.String(), nullable=False),
        sa.Column("verdict", choice("verdict", *VERDICTS)),
        sa.Column("settled_label", sa.Integer()),
        sa.Column("split", choice("split", "meta", "holdout")),
        sa.Column("picked_by_ranking", sa.Boolean(), nullable=False),
        sa.CheckConstraint("verdict != 'withdrawn'", name="verdict_stands"),
        sa.CheckConstraint(
            "(settled_label IS NOT NULL) = (verdict IS NOT NULL AND verdict IN ('correct', 'wrong'))",
            name="settled_iff_verdict",
        ),
        sa.CheckConstraint("settled_label IS NULL OR split IS NOT NULL", name="settled_has_split"),
        parent("dataset_id", "datasets"),
        sa.UniqueConstraint("dataset_id", "position"),
        sa.UniqueConstraint("dataset_id", "file_name"),
        sa.UniqueConstraint("dataset_id", "external_id"),
        index_where("settled_label IS NOT NULL", "dataset_id", "settled_label", "split", "picked_by_ranking"),
        sqlite_autoincrement=True,
    )


def create_epochs() -> None:
    """`epochs`"""
    op.create_table(
        "epochs",
        sa.Column("job_id", UUID, primary_key=True),
        sa.Column("epoch", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("report", JSON, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        parent("job_id", "jobs"),
    )


def create_exports() -> None:
    """`exports`"""
    op.create_table(
        "exports",
        *work_columns(),
        sa.Column("job_id", UUID, nullable=False, index=True),
        sa.Column("format", choice("format", "csv", "jsonl", "parquet"), nullable=False),
        sa.Column("file_key", sa.String()),
        sa.Column("num_rows", sa.Integer()),
        sa.Column("size_bytes", sa.BigInteger()),
        parent("job_id", "jobs"),
    )


def create_results() -> None:
    """`results`: no foreign key to `samples`, see `store.models.result`."""
    op.create_table(
        "results",
        sa.Column("job_id", UUID, primary_key=True),
        sa.Column("sample_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("suggested", sa.Integer(), nullable=False),
        sa.Column("label_score", sa.Double(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("is_label_issue", sa.Boolean(), nullable=False),
        sa.Column("soft_label", sa.LargeBinary(), nullable=False),
        parent("job_id", "jobs"),
        sa.Index(None, "job_id", "rank"),
        sa.Index(None, "job_id", "given", "rank"),
        sa.Index(None, "job_id", "suggested", "rank"),
    )


def create_verifications() -> None:
    """`verifications`"""
    op.create_table(
        "verifications",
        sa.Column("id", BIG_ID, primary_key=True),
        sa.Column("sample_id", BIG_ID, nullable=False),
        sa.Column("dataset_id", UUID, nullable=False),
        sa.Column("verdict", choice("verdict", *VERDICTS), nullable=False),
        sa.Column("label", sa.Integer()),
        sa.Column("source", choice("source", "upload", "review"), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("job_id", UUID),
        sa.Column("created_at", TIME, nullable=False),
        sa.CheckConstraint(
            "(label IS NOT NULL) = (verdict IN ('correct', 'wrong'))", name="label_iff_settled"
        ),
        parent("sample_id", "samples"),
        parent("job_id", "jobs", ondelete="SET NULL"),
        sa.Index(None, "sample_id", "id"),
        index_where("job_id IS NOT NULL", "job_id"),
        sqlite_autoincrement=True,
    )
