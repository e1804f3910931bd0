"""What happens when somebody follows a password link."""

from sqlalchemy.orm import Session

from store.accounts.errors import AccountError, BadLinkError
from store.accounts.links import use_link
from store.accounts.users import create_user, end_access, get_user, has_administrator, set_password
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


def redeem_for_subject(session: Session, secret: str, subject: str) -> User:
    """Connect the link's user with a subject at the identity provider, instead of a password.

    Raises `BadLinkError`, and `AccountError` for the first administrator's link.
    """
    link = use_link(session, secret)
    if link.user_id is None:
        raise AccountError("password_needed", "The first administrator sets a name and a password.")
    user = get_user(session, link.user_id)
    end_access(session, user)
    user.oidc_subject = subject
    return user


def _create_administrator(session: Session, password_hash: str, name: str | None) -> User:
    if has_administrator(session):
        raise BadLinkError
    if name is None:
        raise AccountError("blank_name", "Enter a name.")
    return create_user(session, name, is_admin=True, password_hash=password_hash)
