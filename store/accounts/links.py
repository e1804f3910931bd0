"""Links that set a password once: of the first administrator, an invitation, a reset."""

from datetime import timedelta

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from store.accounts.errors import BadLinkError, UserDisabledError
from store.accounts.secrets import hash_secret, new_secret
from store.database.columns import utc_now
from store.models import LinkKind, PasswordLink, User

LIFETIMES = {
    LinkKind.FIRST_ADMINISTRATOR: timedelta(days=1),
    LinkKind.INVITATION: timedelta(days=7),
    LinkKind.RESET: timedelta(days=1),
}
PAGE = "/set-password"


def create_first_link(session: Session) -> str:
    """The secret of the first administrator's link, which replaces an earlier one."""
    session.execute(delete(PasswordLink).where(PasswordLink.kind == LinkKind.FIRST_ADMINISTRATOR))
    return _create(session, LinkKind.FIRST_ADMINISTRATOR, None)


def create_link(session: Session, user: User) -> str:
    """The secret of a link with which the user sets a password. It replaces an earlier one.

    Raises `UserDisabledError`.
    """
    if user.disabled_at is not None:
        raise UserDisabledError(user.name)
    discard_links(session, user.id)
    return _create(session, LinkKind.RESET if user.can_sign_in else LinkKind.INVITATION, user.id)


def find_link(session: Session, secret: str) -> PasswordLink:
    """The link with this secret, while it can be used. Raises `BadLinkError`."""
    link = session.scalar(
        select(PasswordLink).where(
            PasswordLink.secret_hash == hash_secret(secret),
            PasswordLink.used_at.is_(None),
            PasswordLink.expires_at > utc_now(),
        )
    )
    if link is None:
        raise BadLinkError
    return link


def use_link(session: Session, secret: str) -> PasswordLink:
    """Mark the link as used. Of several who use it at once, one succeeds. Raises `BadLinkError`."""
    link = find_link(session, secret)
    unused = update(PasswordLink).where(PasswordLink.id == link.id, PasswordLink.used_at.is_(None))
    done = session.execute(unused.values(used_at=utc_now()))
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        raise BadLinkError
    return link


def discard_links(session: Session, user_id: str) -> None:
    """Remove the user's links."""
    session.execute(delete(PasswordLink).where(PasswordLink.user_id == user_id))


def link_path(secret: str) -> str:
    """Where the web UI takes the link. The secret is in the fragment, which browsers do not send."""
    return f"{PAGE}#{secret}"


def _create(session: Session, kind: LinkKind, user_id: str | None) -> str:
    secret = new_secret()
    session.add(
        PasswordLink(
            kind=kind,
            user_id=user_id,
            secret_hash=hash_secret(secret),
            expires_at=utc_now() + LIFETIMES[kind],
        )
    )
    return secret
