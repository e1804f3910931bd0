"""Users: their names, passwords, and that somebody can always administer the service."""

import threading

import pytest
from sqlalchemy import Engine, select

from store.accounts.errors import AccountError, LastAdministratorError, NameTakenError
from store.accounts.names import clean_name
from store.accounts.passwords import hash_password, is_password
from store.accounts.sessions import find_session, start_session
from store.accounts.tokens import create_token, find_token
from store.accounts.users import create_user, disable, find_user, get_user, set_admin, set_password
from store.database.engine import session_scope
from store.models import TokenScope, User, UserSession

PASSWORD = "correct horse battery staple"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "blank_name"),
        (" \t\u3000", "blank_name"),
        ("a\0b", "bad_name"),
        ("a\u200bb", "bad_name"),
        ("\u202eada", "bad_name"),
        ("a\x7fb", "bad_name"),
        ("a" * 101, "long_name"),
    ],
)
def test_names_that_cannot_be_used(name: str, code: str) -> None:
    with pytest.raises(AccountError) as refused:
        clean_name(name)
    assert refused.value.code == code


def test_names_differ_by_more_than_case_and_spaces(engine: Engine) -> None:
    with session_scope(engine) as session:
        ada = create_user(session, "  Ada   Lovelace ")
        assert ada.name == "Ada Lovelace"
        for same in ("ada lovelace", "ADA  LOVELACE", "\uff21da Lovelace"):
            with pytest.raises(NameTakenError):
                create_user(session, same)
        assert find_user(session, "ADA lovelace") is ada
        assert find_user(session, "ada") is None


def test_a_password_is_stored_as_a_hash_and_checked() -> None:
    stored = hash_password(PASSWORD)
    assert stored.startswith("$argon2id$")
    assert is_password(PASSWORD, stored)
    assert not is_password(PASSWORD + "x", stored)
    assert not is_password(PASSWORD, None)


def test_a_password_is_the_same_on_every_keyboard() -> None:
    assert is_password(
        "e\u0301e\u0301e\u0301 blanche neige", hash_password("\u00e9\u00e9\u00e9 blanche neige")
    )


@pytest.mark.parametrize(("password", "code"), [("x" * 9, "short_password"), ("x" * 201, "long_password")])
def test_passwords_that_cannot_be_used(password: str, code: str) -> None:
    with pytest.raises(AccountError) as refused:
        hash_password(password)
    assert refused.value.code == code


def test_a_new_password_ends_sessions_and_tokens(engine: Engine) -> None:
    with session_scope(engine) as session:
        user = create_user(session, "ada", password_hash="x")
        cookie = start_session(session, user, "browser")
        _, token = create_token(session, user, "ci", TokenScope.READ)
        assert find_session(session, cookie)
        assert find_token(session, token)
        set_password(session, user, "y")
        assert find_session(session, cookie) is None
        assert find_token(session, token) is None


def test_no_secret_is_stored(engine: Engine) -> None:
    with session_scope(engine) as session:
        user = create_user(session, "ada", password_hash="x")
        cookie = start_session(session, user, "browser")
        _, token = create_token(session, user, "ci", TokenScope.READ)
        session.flush()
        stored = session.scalars(select(UserSession)).one()
        assert cookie not in (stored.id, stored.secret_hash)
        assert token.startswith("mslg_")


def test_a_disabled_user_has_no_access(engine: Engine) -> None:
    with session_scope(engine) as session:
        create_user(session, "root", is_admin=True, password_hash="x")
        user = create_user(session, "ada", password_hash="x")
        cookie = start_session(session, user, "browser")
        disable(session, user)
        assert find_session(session, cookie) is None


def test_the_last_administrator_stays(engine: Engine) -> None:
    with session_scope(engine) as session:
        root = create_user(session, "root", is_admin=True, password_hash="x")
        create_user(session, "invited", is_admin=True)  # cannot sign in yet
        with pytest.raises(LastAdministratorError):
            disable(session, root)
        with pytest.raises(LastAdministratorError):
            set_admin(session, root, False)
        create_user(session, "second", is_admin=True, password_hash="x")
        set_admin(session, root, False)
        assert not root.is_admin


def test_of_two_who_demote_each_other_one_stays(engine: Engine) -> None:
    with session_scope(engine) as session:
        ids = [create_user(session, name, is_admin=True, password_hash="x").id for name in ("ada", "bob")]
    barrier = threading.Barrier(2)

    def demote(user_id: str) -> None:
        barrier.wait()
        try:
            with session_scope(engine) as session:
                set_admin(session, get_user(session, user_id), False)
        except LastAdministratorError:
            refused.append(user_id)

    refused: list[str] = []
    threads = [threading.Thread(target=demote, args=(user_id,)) for user_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with session_scope(engine, read_only=True) as session:
        left = list(session.scalars(select(User.id).where(User.is_admin)))
    assert left == refused
    assert len(left) == 1
