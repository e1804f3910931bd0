"""Users: create, find, change, and who can administer the service."""

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from store.accounts.errors import LastAdministratorError, NameTakenError
from store.accounts.links import discard_links
from store.accounts.names import clean_name, name_key
from store.accounts.sessions import revoke_sessions
from store.accounts.tokens import revoke_tokens
from store.database.columns import utc_now
from store.errors import NotFoundError
from store.models import User


def create_user(
    session: Session,
    name: str,
    *,
    display_name: str = "",
    is_admin: bool = False,
    password_hash: str | None = None,
) -> User:
    """A new user. Raises `AccountError`, `NameTakenError`."""
    cleaned = clean_name(name)
    user = User(
        name=cleaned,
        name_key=name_key(cleaned),
        display_name=display_name,
        is_admin=is_admin,
        password_hash=password_hash,
    )
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:
        raise NameTakenError(cleaned) from error
    return user


def get_user(session: Session, user_id: str) -> User:
    """The user. Raises `NotFoundError`."""
    user = session.get(User, user_id)
    if user is None:
        raise NotFoundError("user", user_id)
    return user


def find_user(session: Session, name: str) -> User | None:
    """The user with this name, whatever its capitals."""
    return session.scalar(select(User).where(User.name_key == name_key(name)))


def find_subject(session: Session, subject: str) -> User | None:
    """The user who is this subject at the identity provider."""
    return session.scalar(select(User).where(User.oidc_subject == subject))


def get_named_user(session: Session, name: str) -> User:
    """The user with this name. Raises `NotFoundError`."""
    user = find_user(session, name)
    if user is None:
        raise NotFoundError("user", name)
    return user


def list_users(session: Session) -> list[User]:
    """All users by name."""
    return list(session.scalars(select(User).order_by(User.name_key)))


def has_administrator(session: Session) -> bool:
    """Whether somebody can administer the service."""
    return bool(_active_administrators(session))


def set_admin(session: Session, user: User, is_admin: bool) -> None:
    """Make the user an administrator, or no longer. Raises `LastAdministratorError`."""
    if not is_admin:
        _keep_an_administrator(session, user)
    user.is_admin = is_admin


def disable(session: Session, user: User) -> None:
    """End the user's access: sessions, tokens and links too. Raises `LastAdministratorError`."""
    _keep_an_administrator(session, user)
    user.disabled_at = user.disabled_at or utc_now()
    end_access(session, user)


def enable(user: User) -> None:
    """Let the user sign in again, with the same password."""
    user.disabled_at = None


def set_password(session: Session, user: User, password_hash: str) -> None:
    """Replace the password, and end all access that was gained with the old one."""
    user.password_hash = password_hash
    end_access(session, user)


def end_access(session: Session, user: User) -> None:
    """Revoke the user's sessions, tokens and links."""
    revoke_sessions(session, user.id)
    revoke_tokens(session, user.id)
    discard_links(session, user.id)


def _keep_an_administrator(session: Session, user: User) -> None:
    active = _active_administrators(session)
    if [row.id for row in active] == [user.id]:
        raise LastAdministratorError


def _active_administrators(session: Session) -> list[User]:
    """Administrators who can sign in, locked: of two who demote each other, the second one is refused."""
    can_sign_in = or_(User.password_hash.is_not(None), User.oidc_subject.is_not(None))
    active = select(User).where(User.is_admin, User.disabled_at.is_(None), can_sign_in)
    ordered = active.order_by(User.id).with_for_update().execution_options(populate_existing=True)
    return list(session.scalars(ordered))
