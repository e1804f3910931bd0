"""Accounts: people, their roles on datasets, and the secrets that they sign in with, stored as hashes."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from store.database.columns import enum_column, new_id, utc_now
from store.database.engine import Base

HASH_LENGTH = 64


class MemberRole(StrEnum):
    """What a member may do with a dataset. Each role includes the ones below it."""

    MANAGER = "manager"
    """Change the dataset, run jobs, export, choose members."""
    ANNOTATOR = "annotator"
    """Review and comment."""
    READ_ONLY = "read_only"


class TokenScope(StrEnum):
    """The most that a token can do, whoever owns it. Each scope includes the ones above it."""

    READ = "read"
    REVIEW = "review"
    WRITE = "write"
    """What managers do."""
    ADMIN = "admin"
    """What administrators do, and changes to the owner's own account."""


class LinkKind(StrEnum):
    """What a password link is for."""

    FIRST_ADMINISTRATOR = "first_administrator"
    """Chooses a name, too, since there is no user yet."""
    INVITATION = "invitation"
    RESET = "reset"


class User(Base):
    """A person. Never deleted, so that nobody else can take over the name on their decisions."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    name: Mapped[str]
    """The reviewer of their decisions. Never changes."""
    name_key: Mapped[str] = mapped_column(unique=True)
    """The name without differences of case and spacing."""
    display_name: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str | None]
    oidc_subject: Mapped[str | None] = mapped_column(unique=True)
    """Issuer and subject at the identity provider."""
    is_admin: Mapped[bool] = mapped_column(default=False)
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    @property
    def can_sign_in(self) -> bool:
        """Whether the account is enabled and has a password or an identity provider."""
        return self.disabled_at is None and (self.password_hash or self.oidc_subject) is not None


class Member(Base):
    """The role of one user on one dataset."""

    __tablename__ = "members"

    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[MemberRole] = mapped_column(enum_column(MemberRole, "role"))
    may_adjudicate: Mapped[bool] = mapped_column(default=False)
    """Whether they may settle what reviewers disagree on, and what a job contradicts."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class UserSession(Base):
    """One browser that is signed in. Its cookie is the secret."""

    __tablename__ = "user_sessions"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    secret_hash: Mapped[str] = mapped_column(String(HASH_LENGTH), unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    user_agent: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_used_at: Mapped[datetime] = mapped_column(default=utc_now)
    """To the minute."""
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ApiToken(Base):
    """A secret for programs that act for a user."""

    __tablename__ = "api_tokens"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    secret_hash: Mapped[str] = mapped_column(String(HASH_LENGTH), unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    scope: Mapped[TokenScope] = mapped_column(enum_column(TokenScope, "scope"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_used_at: Mapped[datetime | None]
    """To the minute."""
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class PasswordLink(Base):
    """A link that sets a password once."""

    __tablename__ = "password_links"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    secret_hash: Mapped[str] = mapped_column(String(HASH_LENGTH), unique=True)
    kind: Mapped[LinkKind] = mapped_column(enum_column(LinkKind, "kind", length=24))
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    """None for the first administrator, who does not exist yet."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
