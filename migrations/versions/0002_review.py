"""Several reviewers, error budgets, warm starts, and more columns of results"""

from collections import defaultdict

import numpy as np
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UUID = sa.String(36)
TIME = sa.DateTime(timezone=True)
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BATCH_ROWS = 10_000
TABLES = ("leases", "comments", "second_looks", "auto_accepts")
COLUMNS = {
    "datasets": ("guidelines", "overlap", "honeypot_rate"),
    "samples": ("num_opinions", "contested"),
    "verifications": ("role", "withdraws_id"),
    "results": ("confidence", "trajectory", "neighbours"),
    "jobs": ("model_key", "parent_id"),
}
# A reviewer has an active opinion if they made more decisions than they withdrew.
COUNT_OPINIONS = """
UPDATE samples SET num_opinions = coalesce((
    SELECT count(*) FROM (
        SELECT reviewer FROM verifications
        WHERE sample_id = samples.id AND source = 'review'
        GROUP BY reviewer
        HAVING sum(CASE verdict WHEN 'withdrawn' THEN -1 ELSE 1 END) > 0
    ) AS standing
), 0)
"""


def upgrade() -> None:
    """Add columns and tables, and fill the columns of existing rows."""
    add_columns()
    create_leases()
    create_comments()
    create_second_looks()
    create_auto_accepts()
    op.execute(COUNT_OPINIONS)
    fill_withdrawals(op.get_bind())
    fill_confidence(op.get_bind())


def downgrade() -> None:
    """Drop what `upgrade` added."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_index("ix_samples_contested", "samples")
    op.drop_index("ix_verifications_dataset_id_id", "verifications")
    for table, columns in COLUMNS.items():
        for column in columns:
            op.drop_column(table, column)


def add_columns() -> None:
    """Add columns, all with a default for the existing rows."""
    add("datasets", sa.Column("guidelines", sa.String(), nullable=False, server_default=""))
    add("datasets", sa.Column("overlap", sa.Integer(), nullable=False, server_default="1"))
    add("datasets", sa.Column("honeypot_rate", sa.Double(), nullable=False, server_default="0"))
    add("samples", sa.Column("num_opinions", sa.Integer(), nullable=False, server_default="0"))
    add("samples", sa.Column("contested", sa.Boolean(), nullable=False, server_default=sa.false()))
    contested = sa.text("contested")
    op.create_index(
        "ix_samples_contested",
        "samples",
        ["dataset_id", "id"],
        postgresql_where=contested,
        sqlite_where=contested,
    )
    # In SQL: SQLite accepts a CHECK only together with its column.
    op.execute(
        "ALTER TABLE verifications ADD COLUMN role VARCHAR(16) DEFAULT 'opinion' NOT NULL "
        "CONSTRAINT ck_verifications_role CHECK (role IN ('opinion', 'adjudication', 'honeypot'))"
    )
    add("verifications", sa.Column("withdraws_id", sa.BigInteger()))
    op.create_index("ix_verifications_dataset_id_id", "verifications", ["dataset_id", "id"])
    # SQLite treats '' as text, whatever the column's type.
    no_bytes = sa.text("x''" if op.get_bind().dialect.name == "sqlite" else "''")
    add("results", sa.Column("confidence", sa.Double(), nullable=False, server_default="0"))
    add("results", sa.Column("trajectory", sa.LargeBinary(), nullable=False, server_default=no_bytes))
    add("results", sa.Column("neighbours", sa.LargeBinary(), nullable=False, server_default=no_bytes))
    add("jobs", sa.Column("model_key", sa.String()))
    add("jobs", sa.Column("parent_id", UUID))


def add(table: str, column: sa.Column[object]) -> None:
    """Add a column."""
    op.add_column(table, column)


def create_leases() -> None:
    """Create `leases`: samples served to reviewers."""
    queues = ("verify", "review", "tie_break", "second_look")
    op.create_table(
        "leases",
        sa.Column("sample_id", BIG_ID, primary_key=True),
        sa.Column("reviewer", sa.String(), primary_key=True),
        sa.Column("dataset_id", UUID, nullable=False),
        sa.Column(
            "queue",
            sa.Enum(*queues, name="queue", native_enum=False, create_constraint=True, length=16),
            nullable=False,
        ),
        sa.Column("job_id", UUID, index=True),
        sa.Column("is_honeypot", sa.Boolean(), nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["sample_id"], ["samples.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], ondelete="CASCADE"),
        sa.Index(None, "dataset_id", "reviewer"),
    )


def create_comments() -> None:
    """Create `comments` on samples."""
    op.create_table(
        "comments",
        sa.Column("id", BIG_ID, primary_key=True),
        sa.Column("sample_id", BIG_ID, nullable=False),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["sample_id"], ["samples.id"], ondelete="CASCADE"),
        sa.Index(None, "sample_id", "id"),
        sqlite_autoincrement=True,
    )


def create_second_looks() -> None:
    """Create `second_looks`: verified samples that a run contradicts."""
    op.create_table(
        "second_looks",
        sa.Column("job_id", UUID, primary_key=True),
        sa.Column("sample_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("settled_label", sa.Integer(), nullable=False),
        sa.Column("suggested", sa.Integer(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("resolved_at", TIME),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], ondelete="CASCADE"),
    )


def create_auto_accepts() -> None:
    """Create `auto_accepts`: which suggestions are accepted without review."""
    op.create_table(
        "auto_accepts",
        sa.Column("id", BIG_ID, primary_key=True),
        sa.Column("job_id", UUID, nullable=False),
        sa.Column("min_confidence", sa.Double()),
        sa.Column("max_error", sa.Double()),
        sa.Column("expected_error", sa.Double()),
        sa.Column("num_samples", sa.Integer(), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], ondelete="CASCADE"),
        sa.Index(None, "job_id", "id"),
        sqlite_autoincrement=True,
    )


def fill_withdrawals(connection: sa.Connection) -> None:
    """Fill `withdraws_id`. In revision 0001 a withdrawal meant the same reviewer's newest active decision."""
    verifications = sa.table(
        "verifications",
        *(sa.column(name) for name in ("id", "sample_id", "source", "reviewer", "verdict", "withdraws_id")),
    )
    said = verifications.c
    withdrawn = sa.select(said.sample_id).where(said.verdict == "withdrawn")
    rows = connection.execute(
        sa.select(said.id, said.sample_id, said.source, said.reviewer, said.verdict)
        .where(said.sample_id.in_(withdrawn))
        .order_by(said.id)
    )
    standing: dict[tuple[int, str, str], list[int]] = defaultdict(list)
    found: list[dict[str, int]] = []
    for row in rows.all():
        words = standing[row.sample_id, row.source, row.reviewer]
        if row.verdict != "withdrawn":
            words.append(row.id)
        elif words:
            found.append({"of_row": row.id, "taken_back": words.pop()})
    if found:
        update = sa.update(verifications).where(said.id == sa.bindparam("of_row"))
        connection.execute(update.values(withdraws_id=sa.bindparam("taken_back")), found)


def fill_confidence(connection: sa.Connection) -> None:
    """Fill `confidence`, the suggestion's probability, from the packed soft labels, batch by batch."""
    results = sa.table(
        "results",
        sa.column("job_id"),
        sa.column("sample_id"),
        sa.column("suggested"),
        sa.column("soft_label"),
        sa.column("confidence"),
    )
    update = (
        sa.update(results)
        .where(results.c.job_id == sa.bindparam("of_job"), results.c.sample_id == sa.bindparam("of_sample"))
        .values(confidence=sa.bindparam("found"))
    )
    for (job_id,) in connection.execute(sa.select(results.c.job_id).distinct()).all():
        of_job = (
            sa.select(results.c.sample_id, results.c.suggested, results.c.soft_label)
            .where(results.c.job_id == job_id)
            .order_by(results.c.sample_id)
            .limit(BATCH_ROWS)
        )
        rows = connection.execute(of_job).all()
        while rows:
            connection.execute(
                update,
                [
                    {
                        "of_job": job_id,
                        "of_sample": sample_id,
                        "found": float(np.frombuffer(soft_label, "<f4")[suggested]),
                    }
                    for sample_id, suggested, soft_label in rows
                ],
            )
            rows = connection.execute(of_job.where(results.c.sample_id > rows[-1].sample_id)).all()
