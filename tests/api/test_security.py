"""An open service is not read under the name of another site."""

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.app import create_app
from store.settings import Settings
from tests.api.support import check_problem


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough here."""
    return sqlite_url


OURS = [
    "localhost",
    "localhost:8000",
    "LOCALHOST",
    "a.localhost",
    "127.0.0.1:8000",
    "[::1]:8000",
    "192.168.1.5",
]
FOREIGN = ["evil.example:8000", "localhost.evil.example", "127.0.0.1.nip.io", "[", "a:b:c"]


@pytest.mark.parametrize("host", OURS)
def test_our_own_addresses(client: TestClient, host: str) -> None:
    assert client.get("/health", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", FOREIGN)
def test_a_name_that_somebody_else_may_own(client: TestClient, host: str) -> None:
    check_problem(client.get("/datasets", headers={"host": host}), 403, "unknown_host")


def test_behind_a_token_any_name_will_do(settings: Settings) -> None:
    guarded = settings.model_copy(update={"api_token": SecretStr("secret")})
    with TestClient(create_app(guarded), base_url="http://labels.example") as client:
        assert client.get("/api/v1/health").status_code == 200
