"""The UI is served beside the API, under a strict policy."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import ui
from api.app import create_app
from store.settings import Settings

PAGE = {"accept": "text/html,*/*"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough here."""
    return sqlite_url


@pytest.mark.parametrize("path", ["/", "/datasets", "/jobs/123/review", "/index.html"])
def test_every_page_is_the_one_page(client: TestClient, path: str) -> None:
    response = client.get(f"http://localhost{path}", headers=PAGE)
    assert response.status_code == 200
    assert "<title>MSLG</title>" in response.text


def test_assets_are_served_and_missing_ones_are_missing(client: TestClient) -> None:
    assert client.get("http://localhost/assets/app.js").text == "let x"
    assert client.get("http://localhost/assets/gone.js").status_code == 404
    assert client.get("http://localhost/../conftest.py").status_code == 404


def test_no_response_goes_without_the_security_headers(client: TestClient) -> None:
    for path in ("http://localhost/", "/health", "/nope"):
        headers = client.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "script-src" not in headers["content-security-policy"]  # default-src 'self' rules
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers


def test_a_ui_that_is_not_built_says_so(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ui, "PACKAGED", tmp_path / "nowhere")
    monkeypatch.setattr(ui, "BUILT", tmp_path / "nowhere")
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        response = client.get("/")
        assert response.status_code == 200
        assert "not built" in response.text
        assert client.get("/api/v1/health").json()["status"] == "ok"
