"""Standard terms: suspected label errors, re-review, model selection, and how a sample came to be verified"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UUID = sa.String(36)
TIME = sa.DateTime(timezone=True)
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SETTLED_INDEX = ("dataset_id", "settled_label", "split")
LEASE_COLUMNS = "sample_id, reviewer, dataset_id, queue, job_id, is_honeypot, expires_at"
ERROR_COLUMNS = "job_id, sample_id, settled_label, suggested, probability, resolved_at"


def upgrade() -> None:
    """Rename tables, columns, queue values and keys of stored summaries."""
    rename_table("second_looks", "suspected_label_errors")
    rename_queue("second_look", "re_review")
    rename_summary_key("bake_off", "model_selection")
    forget_presets()
    # In SQL: SQLite accepts a CHECK only together with its column.
    op.execute(
        "ALTER TABLE samples ADD COLUMN selection VARCHAR(16) "
        "CONSTRAINT ck_samples_selection CHECK (selection IN ('random', 'ranked', 'given_label'))"
    )
    # Revision 0002 does not distinguish `ranked` from `given_label`. Both are excluded from evaluation.
    op.execute(
        "UPDATE samples SET selection = CASE WHEN picked_by_ranking THEN 'ranked' ELSE 'random' END "
        "WHERE split IS NOT NULL"
    )
    replace_settled_index("picked_by_ranking", "selection")
    op.drop_column("samples", "picked_by_ranking")


def downgrade() -> None:
    """Restore the names of revision 0002."""
    op.execute("ALTER TABLE samples ADD COLUMN picked_by_ranking BOOLEAN DEFAULT FALSE NOT NULL")
    op.execute("UPDATE samples SET picked_by_ranking = TRUE WHERE selection IN ('ranked', 'given_label')")
    replace_settled_index("selection", "picked_by_ranking")
    op.drop_column("samples", "selection")
    rename_summary_key("model_selection", "bake_off")
    rename_queue("re_review", "second_look")
    rename_table("suspected_label_errors", "second_looks")


def rename_table(old: str, new: str) -> None:
    """Copy the rows into a new table, because renaming would keep the old names of its constraints."""
    op.create_table(
        new,
        sa.Column("job_id", UUID, primary_key=True),
        sa.Column("sample_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("settled_label", sa.Integer(), nullable=False),
        sa.Column("suggested", sa.Integer(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("resolved_at", TIME),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], ondelete="CASCADE"),
    )
    op.execute(f"INSERT INTO {new} ({ERROR_COLUMNS}) SELECT {ERROR_COLUMNS} FROM {old}")  # noqa: S608
    op.drop_table(old)


def rename_queue(old: str, new: str) -> None:
    """Recreate `leases` with its rows: SQLite cannot alter a CHECK."""
    op.execute("CREATE TEMPORARY TABLE kept_leases AS SELECT * FROM leases")
    op.drop_table("leases")
    queues = ("verify", "review", "tie_break", new)
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
    op.execute(f"UPDATE kept_leases SET queue = '{new}' WHERE queue = '{old}'")  # noqa: S608
    op.execute(
        f"INSERT INTO leases ({LEASE_COLUMNS}) SELECT {LEASE_COLUMNS} FROM kept_leases"  # noqa: S608
    )
    op.execute("DROP TABLE kept_leases")


def rename_summary_key(old: str, new: str) -> None:
    """Rename a key in the summaries of finished jobs."""
    jobs = sa.table("jobs", sa.column("id", sa.String()), sa.column("summary", sa.JSON()))
    connection = op.get_bind()
    for job_id, summary in connection.execute(sa.select(jobs.c.id, jobs.c.summary)).all():
        if summary and old in summary:
            renamed = {new if key == old else key: value for key, value in summary.items()}
            connection.execute(sa.update(jobs).where(jobs.c.id == job_id).values(summary=renamed))


def forget_presets() -> None:
    """Stored configs list all settings. A preset may set more today than when the job was made, so its name
    would change what they say.
    """
    jobs = sa.table("jobs", sa.column("id", sa.String()), sa.column("config", sa.JSON()))
    connection = op.get_bind()
    for job_id, config in connection.execute(sa.select(jobs.c.id, jobs.c.config)).all():
        if config.get("preset"):
            connection.execute(
                sa.update(jobs).where(jobs.c.id == job_id).values(config={**config, "preset": None})
            )


def replace_settled_index(old: str, new: str) -> None:
    """Replace the last column of the index that counts the verified set."""
    condition = sa.text("settled_label IS NOT NULL")
    op.drop_index(f"ix_samples_dataset_id_settled_label_split_{old}", "samples")
    op.create_index(
        f"ix_samples_dataset_id_settled_label_split_{new}",
        "samples",
        [*SETTLED_INDEX, new],
        postgresql_where=condition,
        sqlite_where=condition,
    )
