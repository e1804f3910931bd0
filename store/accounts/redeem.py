"""What happens when somebody follows a password link."""

from sqlalchemy.orm import Session

from store.accounts.errors import AccountError, BadLinkError
from store.accounts.links import use_link
from store.accounts.users import create_user, get_user, has_administrator, set_password
from store.models import LinkKind, User


def redeem_link(session: Session, secret: str, password_hash: str, name: str | None) -> User:
    """Set the password of the link's user; the first administrator also chooses a `name`.

    Raises `BadLinkError`, `AccountError`, `NameTakenError`.
    """
    link = use_link(session, secret)
    if link.kind is LinkKind.FIRST_ADMINISTRATOR:
        return _create_administrator(session, password_hash, name)
    user = get_user(session, link.user_id or "")
    set_password(session, user, password_hash)
    return user


def _create_administrator(session: Session, password_hash: str, name: str | None) -> User:
    if has_administrator(session):
        raise BadLinkError
    if name is None:
        raise AccountError("blank_name", "Enter a name.")
    return create_user(session, name, is_admin=True, password_hash=password_hash)
