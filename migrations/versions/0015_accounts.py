"""Accounts: users, members of datasets, sessions, API tokens, password links"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
ROLES = ("manager", "annotator", "read_only")
SCOPES = ("read", "review", "write", "admin")
KINDS = ("first_administrator", "invitation", "reset")


def choice(name: str, values: tuple[str, ...], length: int = 16) -> sa.Enum:
    """Text that is one of `values`."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=length)


def user_id(*, nullable: bool = False) -> sa.Column[str]:
    """The user that the row belongs to."""
    owner = sa.ForeignKey("users.id", ondelete="CASCADE")
    return sa.Column("user_id", sa.String(36), owner, nullable=nullable)


def secret_hash() -> sa.Column[str]:
    """The hash of the secret."""
    return sa.Column("secret_hash", sa.String(64), nullable=False, unique=True)


def upgrade() -> None:
    """Create the tables. Names of reviewers stay what they are: an account of the same name has the same."""
    op.create_table(
        "users",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False, unique=True),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("oidc_subject", sa.String(), nullable=True, unique=True),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("disabled_at", TIME, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
    )
    op.create_table(
        "members",
        sa.Column(
            "dataset_id",
            sa.String(36),
            sa.ForeignKey("datasets.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("user_id", sa.String(36), sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("role", choice("role", ROLES), nullable=False),
        sa.Column("may_adjudicate", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
    )
    op.create_table(
        "user_sessions",
        sa.Column("id", sa.String(36), primary_key=True),
        secret_hash(),
        user_id(),
        sa.Column("user_agent", sa.String(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("last_used_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME, nullable=True),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.String(36), primary_key=True),
        secret_hash(),
        user_id(),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scope", choice("scope", SCOPES), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("last_used_at", TIME, nullable=True),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME, nullable=True),
    )
    op.create_table(
        "password_links",
        sa.Column("id", sa.String(36), primary_key=True),
        secret_hash(),
        sa.Column("kind", choice("kind", KINDS, 24), nullable=False),
        user_id(nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME, nullable=True),
    )
    for table in ("members", "user_sessions", "api_tokens", "password_links"):
        op.create_index(f"ix_{table}_user_id", table, ["user_id"])


def downgrade() -> None:
    """Drop the tables. Decisions keep the names of their reviewers."""
    for table in ("password_links", "api_tokens", "user_sessions", "members", "users"):
        op.drop_table(table)
