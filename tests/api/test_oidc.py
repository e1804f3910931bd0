"""Signing in with an identity provider, against a local one."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from joserfc.jwk import RSAKey
from pydantic import SecretStr

from store.accounts.links import create_first_link
from store.database.engine import session_scope
from store.settings import Settings
from tests.api.accounts import Accounts
from tests.api.provider import CLIENT_ID, CLIENT_SECRET, Provider, running_provider
from tests.api.support import SQLITE_ONLY, check_problem

pytestmark = SQLITE_ONLY


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    """One provider for all tests."""
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: Provider) -> Iterator[Provider]:
    """The provider, which behaves until the test changes it."""
    before = dict(vars(running))
    yield running
    vars(running).update(before)


@pytest.fixture
def settings(settings: Settings, provider: Provider) -> Settings:
    """A service with accounts and the provider."""
    return settings.model_copy(
        update={
            "accounts": True,
            "oidc_issuer": provider.issuer,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": SecretStr(CLIENT_SECRET),
        }
    )


@pytest.fixture
def accounts(app: FastAPI) -> Accounts:
    """An administrator."""
    accounts = Accounts(app)
    accounts.create("root", is_admin=True)
    return accounts


def go_to_provider(client: TestClient, link: str = "") -> str:
    """The address to which the provider sends the browser back."""
    started = client.post("/session/oidc/login", json={"link": link.partition("#")[2] or None})
    assert started.status_code == 200, started.text
    with httpx2.Client() as browser:
        return str(browser.get(started.json()["url"]).headers["location"])


def sign_in(client: TestClient, link: str = "") -> Any:
    """The answer when the browser comes back."""
    return client.get(go_to_provider(client, link), follow_redirects=False)


def invite(accounts: Accounts, name: str) -> str:
    """The link of an invitation."""
    return str(accounts.client("root").post("/users", json={"name": name}).json()["link"])


def test_an_invitation_connects_and_later_the_provider_suffices(accounts: Accounts) -> None:
    link = invite(accounts, "ada")
    browser = accounts.client()
    assert browser.get("/session").json()["oidc"] is True
    back = sign_in(browser, link)
    assert (back.status_code, back.headers["location"]) == (303, "/")
    assert browser.get("/users/me").json()["name"] == "ada"
    again = accounts.client()
    assert sign_in(again).status_code == 303
    assert again.get("/users/me").json()["name"] == "ada"
    used = accounts.client().post("/password-links/preview", json={"secret": link.partition("#")[2]})
    check_problem(used, 410, "bad_link")


def test_without_an_invitation_nobody_gets_in(accounts: Accounts) -> None:
    check_problem(sign_in(accounts.client()), 403, "not_invited")


def test_the_name_at_the_provider_opens_nothing(accounts: Accounts, provider: Provider) -> None:
    provider.claims = {"preferred_username": "root", "name": "root", "email": "root@example"}
    check_problem(sign_in(accounts.client()), 403, "not_invited")


def test_a_disabled_user_stays_out(accounts: Accounts) -> None:
    browser = accounts.client()
    sign_in(browser, invite(accounts, "ada"))
    user = browser.get("/users/me").json()["id"]
    accounts.client("root").patch(f"/users/{user}", json={"disabled": True})
    check_problem(sign_in(accounts.client()), 403, "not_invited")


def test_a_used_link_connects_nobody(accounts: Accounts, provider: Provider) -> None:
    link = invite(accounts, "ada")
    sign_in(accounts.client(), link)
    provider.subject = "eve@provider"
    check_problem(sign_in(accounts.client(), link), 410, "bad_link")


def test_the_first_administrator_needs_a_password(app: FastAPI) -> None:
    accounts = Accounts(app)
    with session_scope(accounts.services.engine) as session:
        secret = create_first_link(session)
    check_problem(sign_in(accounts.client(), f"#{secret}"), 422, "password_needed")


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": ["another", "mslg"], "azp": "another"},
        {"aud": "another", "azp": "mslg"},
        {"iss": "https://another.example"},
        {"exp": 1},
        {"sub": None},
    ],
)
def test_an_answer_that_is_not_for_us(accounts: Accounts, provider: Provider, claims: dict[str, Any]) -> None:
    link = invite(accounts, "ada")
    provider.claims = claims
    check_problem(sign_in(accounts.client(), link), 401, "sign_in_failed")


def test_an_answer_signed_by_somebody_else(accounts: Accounts, provider: Provider) -> None:
    provider.key = RSAKey.generate_key(2048, {"kid": "one"})
    check_problem(sign_in(accounts.client()), 401, "sign_in_failed")


def test_an_answer_to_another_browser(accounts: Accounts) -> None:
    back = go_to_provider(accounts.client(), invite(accounts, "ada"))
    stranger = accounts.client()
    check_problem(stranger.get(back), 401, "sign_in_failed")  # no attempt of its own
    go_to_provider(stranger)
    check_problem(stranger.get(back), 401, "sign_in_failed")  # another attempt


def test_a_code_works_once_and_with_its_verifier(accounts: Accounts) -> None:
    browser = accounts.client()
    back = go_to_provider(browser, invite(accounts, "ada"))
    code, state = (parse_qs(urlsplit(back).query)[name][0] for name in ("code", "state"))
    path = "/session/oidc/callback"
    check_problem(browser.get(path, params={"state": state, "code": "wrong"}), 401, "sign_in_failed")
    cookie = browser.cookies["mslg_oidc"]
    assert browser.get(path, params={"state": state, "code": code}, follow_redirects=False).status_code == 303
    browser.cookies.set("mslg_oidc", cookie)
    check_problem(browser.get(path, params={"state": state, "code": code}), 401, "sign_in_failed")


def test_a_person_who_declines(accounts: Accounts) -> None:
    browser = accounts.client()
    go_to_provider(browser)
    refused = browser.get("/session/oidc/callback", params={"error": "access_denied"})
    assert "access_denied" in check_problem(refused, 401, "sign_in_failed")["detail"]


def test_a_provider_that_calls_itself_otherwise(accounts: Accounts, provider: Provider) -> None:
    provider.issuer = "https://another.example"
    started = accounts.client().post("/session/oidc/login", json={})
    check_problem(started, 502, "provider_error")


@pytest.mark.parametrize("cookie", ["", "x", "W10=", "bnVsbA==", b64encode(b"[" * 2500).decode()])
def test_a_cookie_that_is_not_ours(accounts: Accounts, cookie: str) -> None:
    browser = accounts.client()
    browser.cookies.set("mslg_oidc", cookie)
    response = browser.get("/session/oidc/callback", params={"state": "x", "code": "x"})
    check_problem(response, 401, "sign_in_failed")
