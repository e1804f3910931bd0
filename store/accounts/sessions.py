"""Sessions of browsers: start, find, list, revoke; and when a credential was last used."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from store.accounts.secrets import hash_secret, new_secret
from store.database.columns import utc_now
from store.errors import NotFoundError
from store.models import ApiToken, User, UserSession

LIFETIME = timedelta(days=30)
USE_RESOLUTION = timedelta(minutes=1)
MAX_USER_AGENT = 300


def start_session(session: Session, user: User, user_agent: str) -> str:
    """Sign the user in. Returns the secret of the session, which is not stored."""
    secret = new_secret()
    session.add(
        UserSession(
            user_id=user.id,
            secret_hash=hash_secret(secret),
            user_agent=user_agent.replace("\0", "")[:MAX_USER_AGENT],
            expires_at=utc_now() + LIFETIME,
        )
    )
    return secret


def find_session(session: Session, secret: str) -> tuple[UserSession, User] | None:
    """The session with this secret and its user, unless it is revoked or expired, or the user disabled."""
    found = session.execute(
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(
            UserSession.secret_hash == hash_secret(secret),
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > utc_now(),
            User.disabled_at.is_(None),
        )
    ).one_or_none()
    return None if found is None else (found[0], found[1])


def list_sessions(session: Session, user_id: str) -> list[UserSession]:
    """The user's sessions that are neither revoked nor expired, the newest first."""
    live = select(UserSession).where(
        UserSession.user_id == user_id, UserSession.revoked_at.is_(None), UserSession.expires_at > utc_now()
    )
    return list(session.scalars(live.order_by(UserSession.created_at.desc(), UserSession.id)))


def revoke_session(session: Session, user_id: str, session_id: str) -> None:
    """End one session of the user. Raises `NotFoundError`."""
    row = session.get(UserSession, session_id)
    if row is None or row.user_id != user_id or row.revoked_at is not None:
        raise NotFoundError("session", session_id)
    row.revoked_at = utc_now()


def revoke_sessions(session: Session, user_id: str) -> None:
    """End all sessions of the user."""
    live = update(UserSession).where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
    session.execute(live.values(revoked_at=utc_now()))


def is_use_due(credential: UserSession | ApiToken, now: datetime) -> bool:
    """Whether the last use that is stored is older than a minute."""
    return credential.last_used_at is None or credential.last_used_at < now - USE_RESOLUTION


def record_use(session: Session, credential: UserSession | ApiToken) -> None:
    """Store that the credential was used, unless another request has done so within a minute."""
    table, now = type(credential), utc_now()
    due = or_(table.last_used_at.is_(None), table.last_used_at < now - USE_RESOLUTION)
    session.execute(update(table).where(table.id == credential.id, due).values(last_used_at=now))
