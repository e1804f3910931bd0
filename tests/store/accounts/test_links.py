"""Password links: once, for a while, and one administrator at the start."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from store.accounts.errors import AccountError, BadLinkError, UserDisabledError
from store.accounts.links import create_first_link, create_link, find_link
from store.accounts.redeem import redeem_link
from store.accounts.users import create_user, disable
from store.database.columns import utc_now
from store.database.engine import session_scope
from store.models import LinkKind, PasswordLink, User


def test_an_invitation_sets_the_password_once(engine: Engine) -> None:
    with session_scope(engine) as session:
        user = create_user(session, "ada")
        secret = create_link(session, user)
        assert find_link(session, secret).kind is LinkKind.INVITATION
        assert redeem_link(session, secret, "hash", None) is user
        assert user.password_hash == "hash"
        with pytest.raises(BadLinkError):
            redeem_link(session, secret, "other", None)


def test_a_new_link_replaces_the_old_one(engine: Engine) -> None:
    with session_scope(engine) as session:
        user = create_user(session, "ada", password_hash="x")
        old, new = create_link(session, user), create_link(session, user)
        assert find_link(session, new).kind is LinkKind.RESET
        with pytest.raises(BadLinkError):
            find_link(session, old)


def test_a_link_expires(engine: Engine) -> None:
    with session_scope(engine) as session:
        secret = create_link(session, create_user(session, "ada"))
        session.execute(update(PasswordLink).values(expires_at=utc_now() - timedelta(seconds=1)))
        with pytest.raises(BadLinkError):
            redeem_link(session, secret, "hash", None)


def test_a_disabled_user_gets_no_link(engine: Engine) -> None:
    with session_scope(engine) as session:
        create_user(session, "root", is_admin=True, password_hash="x")
        user = create_user(session, "ada")
        secret = create_link(session, user)
        disable(session, user)
        with pytest.raises(BadLinkError):
            find_link(session, secret)
        with pytest.raises(UserDisabledError):
            create_link(session, user)


def test_the_first_administrator_chooses_a_name(engine: Engine) -> None:
    with session_scope(engine) as session:
        secret = create_first_link(session)
    with pytest.raises(AccountError), session_scope(engine) as session:
        redeem_link(session, secret, "hash", None)
    with session_scope(engine) as session:  # the failed attempt did not use it up
        user = redeem_link(session, secret, "hash", "ada")
        assert (user.name, user.is_admin, user.password_hash) == ("ada", True, "hash")


def test_of_several_who_use_the_first_link_one_succeeds(engine: Engine) -> None:
    with session_scope(engine) as session:
        secret = create_first_link(session)
    barrier, refused = threading.Barrier(4), []

    def redeem(name: str) -> None:
        barrier.wait()
        try:
            with session_scope(engine) as session:
                redeem_link(session, secret, "hash", name)
        except BadLinkError:
            refused.append(name)

    threads = [threading.Thread(target=redeem, args=(f"user {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with session_scope(engine, read_only=True) as session:
        assert len(list(session.scalars(select(User)))) == 1
    assert len(refused) == 3


def test_with_an_administrator_the_first_link_is_void(engine: Engine) -> None:
    with session_scope(engine) as session:
        secret = create_first_link(session)
        create_user(session, "root", is_admin=True, password_hash="x")
        with pytest.raises(BadLinkError):
            redeem_link(session, secret, "hash", "ada")
