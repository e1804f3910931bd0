"""The token, the session cookie, and requests from other sites."""

import time

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.auth import service
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
    assert client.get("/session").json() == {"required": True, "authenticated": False}


def test_with_the_token(client: TestClient) -> None:
    assert client.get("/datasets", headers=BEARER).status_code == 200
    assert client.get("/datasets", headers={"authorization": f"bearer  {TOKEN} "}).status_code == 200
    assert client.get("/session", headers=BEARER).json() == {"required": True, "authenticated": True}


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


def test_a_session_ends(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = service.sign_in(settings, TOKEN)
    assert service.is_authenticated(settings, None, cookie)
    later = time.time() + service.SESSION_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert not service.is_authenticated(settings, None, cookie)


def test_a_session_ends_with_its_token(settings: Settings) -> None:
    cookie = service.sign_in(settings, TOKEN)
    other = settings.model_copy(update={"api_token": SecretStr("another")})
    assert not service.is_authenticated(other, None, cookie)


def test_a_session_can_not_be_prolonged(settings: Settings) -> None:
    expiry, _, signature = service.sign_in(settings, TOKEN).partition(".")
    assert not service.is_authenticated(settings, None, f"{int(expiry) + 1}.{signature}")


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
