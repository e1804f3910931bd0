"""Accounts over HTTP: the first administrator, invitations, signing in, own tokens and sessions."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from store.accounts.links import create_first_link, link_path
from store.accounts.throttle import PER_NAME
from store.database.engine import session_scope
from store.models import MemberRole, TokenScope
from store.settings import Settings
from tests.api.accounts import Accounts
from tests.api.support import check_problem

PASSWORD = "correct horse battery staple"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A service with accounts."""
    return settings.model_copy(update={"accounts": True})


@pytest.fixture
def accounts(app: FastAPI) -> Accounts:
    """An administrator."""
    accounts = Accounts(app)
    accounts.create("root", is_admin=True)
    return accounts


def redeem(client: TestClient, link: str, password: str = PASSWORD, name: str | None = None) -> int:
    """Follow a link; the status."""
    secret = link.partition("#")[2]
    return client.post(
        "/password-links/redeem", json={"secret": secret, "password": password, "name": name}
    ).status_code


def test_the_first_administrator(app: FastAPI) -> None:
    accounts = Accounts(app)
    with session_scope(accounts.services.engine) as session:
        link = link_path(create_first_link(session))
    client = accounts.client()
    secret = link.partition("#")[2]
    found = client.post("/password-links/preview", json={"secret": secret}).json()
    assert (found["kind"], found["name"]) == ("first_administrator", None)
    assert redeem(client, link, name="ada") == 204
    account = client.get("/users/me").json()
    assert (account["name"], account["is_admin"], account["memberships"]) == ("ada", True, [])
    used = client.post("/password-links/preview", json={"secret": secret})
    check_problem(used, 410, "bad_link")


def test_an_invitation(accounts: Accounts) -> None:
    invited = accounts.client("root").post("/users", json={"name": "Ada", "display_name": "Ada L."})
    assert invited.status_code == 201
    assert invited.json()["user"]["can_sign_in"] is False
    link = invited.json()["link"]
    assert link.startswith("/set-password#")
    browser = accounts.client()
    assert redeem(browser, link, password="too short") == 422
    assert redeem(browser, link) == 204
    assert browser.get("/session").json()["name"] == "Ada"
    assert redeem(accounts.client(), link) == 410

    again = accounts.client()
    assert again.post("/session", json={"name": "ada", "password": PASSWORD}).status_code == 204
    assert again.get("/users/me").json()["display_name"] == "Ada L."
    check_problem(again.get("/users"), 403, "not_administrator")


def test_a_name_is_taken_once(accounts: Accounts) -> None:
    root = accounts.client("root")
    check_problem(root.post("/users", json={"name": "ROOT"}), 409, "name_taken")
    check_problem(root.post("/users", json={"name": " "}), 422, "blank_name")
    check_problem(root.post("/users", json={"name": "a\u200b"}), 422, "bad_name")


def test_a_wrong_name_and_a_wrong_password_look_the_same(accounts: Accounts) -> None:
    accounts.client("root").post("/users", json={"name": "invited"})
    client = accounts.client()
    answers = [
        client.post("/session", json={"name": name, "password": PASSWORD})
        for name in ("root", "nobody", "invited")
    ]
    for answer in answers:
        check_problem(answer, 401, "bad_credentials")
    assert len({answer.text for answer in answers}) == 1


def test_sign_in_is_throttled_before_the_password_is_looked_at(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = []

    def check(password: str, stored: str | None) -> bool:
        checked.append(password)
        return False

    monkeypatch.setattr("api.auth.service.is_password", check)
    client = accounts.client()
    for _ in range(PER_NAME):
        wrong = client.post("/session", json={"name": "root", "password": "wrong"})
        check_problem(wrong, 401, "bad_credentials")
    for name in ("root", "ROOT"):
        refused = client.post("/session", json={"name": name, "password": "wrong"})
        check_problem(refused, 429, "too_many_attempts")
        assert int(refused.headers["retry-after"]) > 0
    assert len(checked) == PER_NAME


def test_signing_out_ends_the_session(accounts: Accounts) -> None:
    client = accounts.client("root")
    cookies = dict(client.cookies)
    assert client.delete("/session").status_code == 204
    client.cookies.update(cookies)
    check_problem(client.get("/users/me"), 401, "unauthenticated")


def test_a_new_password_signs_out_everywhere_else(accounts: Accounts) -> None:
    link = accounts.client("root").post("/users", json={"name": "ada"}).json()["link"]
    here = accounts.client()
    redeem(here, link)
    elsewhere, program = accounts.client("ada"), accounts.program("ada", TokenScope.READ)
    wrong = here.put("/users/me/password", json={"current_password": "no", "password": PASSWORD + "!"})
    check_problem(wrong, 401, "bad_credentials")
    changed = here.put("/users/me/password", json={"current_password": PASSWORD, "password": PASSWORD + "!"})
    assert changed.status_code == 204
    assert here.get("/users/me").status_code == 200
    for client in (elsewhere, program):
        check_problem(client.get("/users/me"), 401, "unauthenticated")


def test_tokens_are_shown_once_and_revoked(accounts: Accounts) -> None:
    root = accounts.client("root")
    created = root.post("/users/me/tokens", json={"name": "ci", "scope": "read", "days": 1}).json()
    assert created["token"].startswith("mslg_")
    listed = root.get("/users/me/tokens").json()["items"]
    assert [(token["name"], token["scope"], "token" in token) for token in listed] == [("ci", "read", False)]
    program = accounts.client()
    program.headers["authorization"] = f"Bearer {created['token']}"
    assert program.get("/datasets").status_code == 200
    check_problem(program.post("/users/me/tokens", json={"name": "more"}), 403, "scope_too_small")
    assert root.get("/users/me/tokens").json()["items"][0]["last_used_at"] is not None
    assert root.delete(f"/users/me/tokens/{created['id']}").status_code == 204
    check_problem(root.delete(f"/users/me/tokens/{created['id']}"), 404, "not_found")
    check_problem(program.get("/datasets"), 401, "unauthenticated")


def test_sessions_are_listed_and_ended(accounts: Accounts) -> None:
    here, elsewhere = accounts.client("root"), accounts.client("root")
    items = here.get("/users/me/sessions").json()["items"]
    assert sorted(item["current"] for item in items) == [False, True]
    other = next(item["id"] for item in items if not item["current"])
    assert here.delete(f"/users/me/sessions/{other}").status_code == 204
    check_problem(elsewhere.get("/datasets"), 401, "unauthenticated")


def test_nobody_ends_the_sessions_and_tokens_of_others(accounts: Accounts) -> None:
    accounts.create("ada")
    root, ada = accounts.client("root"), accounts.client("ada")
    session = root.get("/users/me/sessions").json()["items"][0]["id"]
    token = root.post("/users/me/tokens", json={"name": "ci"}).json()["id"]
    check_problem(ada.delete(f"/users/me/sessions/{session}"), 404, "not_found")
    check_problem(ada.delete(f"/users/me/tokens/{token}"), 404, "not_found")


def test_administrators_change_users(accounts: Accounts) -> None:
    ada = accounts.create("ada")
    root, browser = accounts.client("root"), accounts.client("ada")
    me = root.get("/users/me").json()["id"]
    for change in ({"is_admin": False}, {"disabled": True}):
        check_problem(root.patch(f"/users/{me}", json=change), 409, "last_administrator")
    assert root.patch(f"/users/{ada.id}", json={"disabled": True}).json()["can_sign_in"] is False
    check_problem(browser.get("/users/me"), 401, "unauthenticated")
    check_problem(root.post(f"/users/{ada.id}/password-link"), 409, "user_disabled")
    changed = root.patch(f"/users/{ada.id}", json={"disabled": False, "display_name": "A."}).json()
    assert (changed["can_sign_in"], changed["display_name"]) == (True, "A.")
    check_problem(browser.get("/users/me"), 401, "unauthenticated")
    assert root.post(f"/users/{ada.id}/password-link").status_code == 201
    assert [user["name"] for user in root.get("/users").json()["items"]] == ["ada", "root"]
    assert root.get(f"/users/{ada.id}").json()["name"] == "ada"
    check_problem(root.get("/users/nobody"), 404, "not_found")


def test_each_sees_the_datasets_of_their_own(accounts: Accounts) -> None:
    for name in ("ada", "bob"):
        accounts.create(name)
    ada, bob, root = (accounts.client(name) for name in ("ada", "bob", "root"))
    dataset = ada.post("/datasets", json={"name": "animals"}).json()["id"]
    assert ada.get("/users/me").json()["memberships"] == [
        {"dataset_id": dataset, "role": "manager", "may_adjudicate": True}
    ]
    seen = {
        name: len(client.get("/datasets").json()["items"])
        for name, client in zip("abr", (ada, bob, root), strict=True)
    }
    assert seen == {"a": 1, "b": 0, "r": 1}
    check_problem(bob.get(f"/datasets/{dataset}"), 404, "not_found")

    path = f"/datasets/{dataset}/members"
    check_problem(ada.post(path, json={"name": "nobody", "role": "annotator"}), 404, "not_found")
    added = ada.post(path, json={"name": "BOB", "role": "read_only"}).json()
    assert (added["name"], added["role"]) == ("bob", "read_only")
    assert bob.get(f"/datasets/{dataset}").status_code == 200
    check_problem(bob.patch(f"/datasets/{dataset}", json={}), 403, "role_too_low")
    member = f"{path}/{added['user_id']}"
    assert ada.put(member, json={"role": "manager"}).json()["role"] == "manager"
    assert bob.patch(f"/datasets/{dataset}", json={}).status_code == 200
    assert [row["name"] for row in bob.get(path).json()["items"]] == ["ada", "bob"]
    assert bob.delete(member).status_code == 204
    check_problem(bob.get(path), 404, "not_found")
    check_problem(ada.put(member, json={"role": "manager"}), 404, "not_found")


def test_an_id_in_another_form_finds_nothing(accounts: Accounts) -> None:
    accounts.create("ada")
    ada = accounts.client("ada")
    for path in ("/datasets/%00", "/samples/abc", "/samples/9999999999999999999999", "/jobs/a.b"):
        check_problem(ada.get(path), 404, "not_found")


def test_a_role_that_does_not_exist(accounts: Accounts) -> None:
    root = accounts.client("root")
    dataset = root.post("/datasets", json={"name": "x"}).json()["id"]
    response = root.post(f"/datasets/{dataset}/members", json={"name": "root", "role": "read-only"})
    check_problem(response, 422, "invalid_request")
    assert MemberRole.READ_ONLY in response.text


def test_without_a_provider(client: TestClient) -> None:
    check_problem(client.post("/session/oidc/login", json={}), 409, "no_provider")
    check_problem(client.get("/session/oidc/callback"), 409, "no_provider")
