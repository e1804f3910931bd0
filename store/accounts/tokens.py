"""API tokens: create, find, list, revoke."""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from store.accounts.secrets import hash_secret, new_secret
from store.database.columns import utc_now
from store.errors import NotFoundError
from store.models import ApiToken, TokenScope, User

PREFIX = "mslg_"
MAX_DAYS = 366
DEFAULT_DAYS = 90


def create_token(
    session: Session, user: User, name: str, scope: TokenScope, days: int = DEFAULT_DAYS
) -> tuple[ApiToken, str]:
    """A token that acts for the user, and its secret, which is not stored."""
    secret = new_secret(PREFIX)
    token = ApiToken(
        user_id=user.id,
        name=name,
        scope=scope,
        secret_hash=hash_secret(secret),
        expires_at=utc_now() + timedelta(days=days),
    )
    session.add(token)
    session.flush()
    return token, secret


def find_token(session: Session, secret: str) -> tuple[ApiToken, User] | None:
    """The token with this secret and its user, unless it is revoked or expired, or the user disabled."""
    found = session.execute(
        select(ApiToken, User)
        .join(User, User.id == ApiToken.user_id)
        .where(
            ApiToken.secret_hash == hash_secret(secret),
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > utc_now(),
            User.disabled_at.is_(None),
        )
    ).one_or_none()
    return None if found is None else (found[0], found[1])


def list_tokens(session: Session, user_id: str) -> list[ApiToken]:
    """The user's tokens that are not revoked, the newest first."""
    live = select(ApiToken).where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
    return list(session.scalars(live.order_by(ApiToken.created_at.desc(), ApiToken.id)))


def revoke_token(session: Session, user_id: str, token_id: str) -> None:
    """End one token of the user. Raises `NotFoundError`."""
    row = session.get(ApiToken, token_id)
    if row is None or row.user_id != user_id or row.revoked_at is not None:
        raise NotFoundError("token", token_id)
    row.revoked_at = utc_now()


def revoke_tokens(session: Session, user_id: str) -> None:
    """End all tokens of the user."""
    live = update(ApiToken).where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
    session.execute(live.values(revoked_at=utc_now()))
