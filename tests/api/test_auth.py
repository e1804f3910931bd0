"""The token, the session cookie, and requests from other sites."""

import time

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.auth import service
from api.auth.service import Credentials
from api.deps import Services
from store.accounts.throttle import PER_ADDRESS, WINDOW_SECONDS
from store.settings import Settings
from tests.api.support import check_problem

TOKEN = "correct horse battery staple"  # a token for tests
BEARER = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough here."""
    return sqlite_url


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A service that needs a token."""
    return settings.model_copy(update={"api_token": SecretStr(TOKEN)})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": f"Basic {TOKEN}"},
        {"cookie": "mslg_session=x.y"},
    ],
)
def test_without_the_token(client: TestClient, headers: dict[str, str]) -> None:
    for path in ("/datasets", "/jobs/x/events", "/samples/1/image", "/exports/x/file"):
        response = client.get(path, headers=headers)
        check_problem(response, 401, "unauthenticated")
        assert response.headers["www-authenticate"] == "Bearer"


def test_uploads_need_the_token(client: TestClient) -> None:
    check_problem(client.put("/datasets/x/archive", content=b"abc"), 401, "unauthenticated")


def test_what_needs_no_token(client: TestClient) -> None:
    assert client.get("/health").status_code == 200
    assert client.get("http://localhost/").status_code == 200
    state = {"required": True, "authenticated": False, "accounts": False, "oidc": False, "name": None}
    assert client.get("/session").json() == state


def test_with_the_token(client: TestClient) -> None:
    assert client.get("/datasets", headers=BEARER).status_code == 200
    assert client.get("/datasets", headers={"authorization": f"bearer  {TOKEN} "}).status_code == 200
    state = {"required": True, "authenticated": True, "accounts": False, "oidc": False, "name": None}
    assert client.get("/session", headers=BEARER).json() == state


def test_signing_in_and_out(client: TestClient) -> None:
    response = client.post("/session", json={"token": TOKEN})
    assert response.status_code == 204
    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert TOKEN not in cookie
    assert client.get("/datasets").status_code == 200
    assert client.get("/session").json()["authenticated"] is True
    assert client.delete("/session").status_code == 204
    assert client.get("/datasets").status_code == 401


def test_the_cookie_is_for_https_only_where_there_is_https(client: TestClient) -> None:
    response = client.post("https://localhost/api/v1/session", json={"token": TOKEN})
    assert "Secure" in response.headers["set-cookie"]


@pytest.mark.parametrize("token", ["wrong", "", "ä"])
def test_signing_in_with_another_token(client: TestClient, token: str) -> None:
    check_problem(client.post("/session", json={"token": token}), 401, "wrong_token")


@pytest.fixture
def session(services: Services) -> Credentials:
    """The session of the service's token."""
    return Credentials(None, service.sign_in_with_token(services, TOKEN, "127.0.0.1"))


def test_a_session_ends(settings: Settings, session: Credentials, monkeypatch: pytest.MonkeyPatch) -> None:
    assert service.is_service(settings, session)
    later = time.time() + service.SESSION_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert not service.is_service(settings, session)


def test_a_session_ends_with_its_token(settings: Settings, session: Credentials) -> None:
    other = settings.model_copy(update={"api_token": SecretStr("another")})
    assert not service.is_service(other, session)


def test_a_session_can_not_be_prolonged(settings: Settings, session: Credentials) -> None:
    expiry, _, signature = session.cookie.partition(".")
    assert not service.is_service(settings, Credentials(None, f"{int(expiry) + 1}.{signature}"))


def test_a_wrong_bearer_token_is_not_made_good_by_a_cookie(settings: Settings, session: Credentials) -> None:
    assert not service.is_service(settings, Credentials("wrong", session.cookie))


@pytest.mark.parametrize(
    "body",
    [b'{"token": "\\ud800"}', b'{"token": "x", "name": "a", "password": "b"}', b'{"name": "a"}', b"{}"],
)
def test_credentials_that_make_no_sense(client: TestClient, body: bytes) -> None:
    response = client.post("/session", content=body, headers={"content-type": "application/json"})
    check_problem(response, 422, "invalid_request")


def test_names_need_accounts(client: TestClient) -> None:
    response = client.post("/session", json={"name": "ada", "password": "correct horse"})
    check_problem(response, 422, "no_accounts")


def test_guessing_the_token_is_slowed_down(client: TestClient) -> None:
    for _ in range(PER_ADDRESS):
        client.post("/session", json={"token": "wrong"})
    response = client.post("/session", json={"token": TOKEN})
    check_problem(response, 429, "too_many_attempts")
    assert 0 < int(response.headers["retry-after"]) <= WINDOW_SECONDS


CROSS = [
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://[x"},
    {"sec-fetch-site": "cross-site", "origin": "http://localhost"},
    {"sec-fetch-site": "same-site", "origin": "http://other.localhost"},
]


@pytest.mark.parametrize("headers", CROSS)
def test_a_change_from_another_site(client: TestClient, headers: dict[str, str]) -> None:
    client.post("/session", json={"token": TOKEN})
    for method in ("POST", "PUT", "DELETE"):
        check_problem(client.request(method, "/datasets", headers=headers), 403, "cross_origin")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://localhost"},
        {"sec-fetch-site": "same-origin", "origin": "http://localhost:5173"},
        {"origin": "https://evil.example", **BEARER},
    ],
)
def test_a_change_from_our_own_pages_and_from_programs(client: TestClient, headers: dict[str, str]) -> None:
    client.post("/session", json={"token": TOKEN})
    assert client.post("/datasets", json={"name": "x"}, headers=headers).status_code == 201


def test_the_token_has_no_account_of_its_own(client: TestClient) -> None:
    check_problem(client.get("/users/me", headers=BEARER), 409, "no_account")
