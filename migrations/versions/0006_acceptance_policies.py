"""One policy per dataset decides which suggestions are accepted without review"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UUID = sa.String(36)
TIME = sa.DateTime(timezone=True)
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEPT = "id, job_id, min_confidence, max_error, expected_error, num_samples, reviewer, created_at"
KIND = "CASE WHEN max_error IS NULL THEN 'none' ELSE 'budget' END"


def upgrade() -> None:
    """Create `acceptance_policies`. The newest choice on any job of a dataset becomes its policy; what each
    job accepts stays as it is.
    """
    op.create_table(
        "acceptance_policies",
        sa.Column("id", BIG_ID, primary_key=True),
        sa.Column("dataset_id", UUID, nullable=False),
        kind_column(),
        sa.Column("max_error", sa.Double()),
        sa.Column("undoes_id", sa.BigInteger()),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], ondelete="CASCADE"),
        sa.Index(None, "dataset_id", "id"),
        sqlite_autoincrement=True,
    )
    recreate_auto_accepts(
        sa.Column("policy_id", sa.BigInteger()),
        kind_column(),
        columns=f"{KEPT}, kind",
        values=f"{KEPT}, {KIND}",
    )
    newest = (
        "SELECT MAX(auto_accepts.id) FROM auto_accepts JOIN jobs ON jobs.id = auto_accepts.job_id "
        "GROUP BY jobs.dataset_id"
    )
    op.execute(
        "INSERT INTO acceptance_policies (dataset_id, kind, max_error, reviewer, created_at) "  # noqa: S608
        "SELECT jobs.dataset_id, kind, max_error, reviewer, auto_accepts.created_at FROM auto_accepts "
        f"JOIN jobs ON jobs.id = auto_accepts.job_id WHERE auto_accepts.id IN ({newest}) "
        "ORDER BY auto_accepts.id"
    )
    op.execute(
        "UPDATE auto_accepts SET policy_id = (SELECT acceptance_policies.id FROM acceptance_policies "  # noqa: S608
        "JOIN jobs ON jobs.dataset_id = acceptance_policies.dataset_id WHERE jobs.id = auto_accepts.job_id) "
        f"WHERE id IN ({newest})"
    )


def downgrade() -> None:
    """Forget the policies. Revision 0003 has no row for a sign test, so such rows are dropped."""
    op.execute("DELETE FROM auto_accepts WHERE kind = 'sign_test'")
    recreate_auto_accepts(columns=KEPT, values=KEPT)
    op.drop_table("acceptance_policies")


def kind_column() -> "sa.Column[str]":
    """A new column `kind`."""
    kind = sa.Enum(
        "none", "sign_test", "budget", name="kind", native_enum=False, create_constraint=True, length=16
    )
    return sa.Column("kind", kind, nullable=False)


def recreate_auto_accepts(*added: "sa.Column[str] | sa.Column[int]", columns: str, values: str) -> None:
    """Recreate `auto_accepts` with its rows: SQLite cannot add a column that must not be null."""
    op.execute("CREATE TEMPORARY TABLE kept_auto_accepts AS SELECT * FROM auto_accepts")
    op.drop_table("auto_accepts")
    op.create_table(
        "auto_accepts",
        sa.Column("id", BIG_ID, primary_key=True),
        sa.Column("job_id", UUID, nullable=False),
        *added,
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
    op.execute(f"INSERT INTO auto_accepts ({columns}) SELECT {values} FROM kept_auto_accepts")  # noqa: S608
    op.execute("DROP TABLE kept_auto_accepts")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('auto_accepts', 'id'), "
            "COALESCE((SELECT MAX(id) FROM auto_accepts), 0) + 1, false)"
        )
