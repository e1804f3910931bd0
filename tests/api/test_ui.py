"""The UI is served beside the API, under a strict policy."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

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


HELP = """<body><script>
  document.body.dataset.theme = "auto";
</script><p>Start here"""


@pytest.fixture
def help_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site of three files, which the application serves."""
    folder = tmp_path / "help"
    (folder / "how-to").mkdir(parents=True)
    (folder / "index.html").write_text(HELP)
    (folder / "404.html").write_text("No such help page")
    (folder / "how-to" / "rest.html").write_text("Use REST")
    monkeypatch.setattr(ui, "BUILT_HELP", folder)
    return folder


def test_the_help_pages_are_served(help_pages: Path, client: TestClient) -> None:
    assert "Start here" in client.get("http://localhost/help/").text
    assert client.get("http://localhost/help/how-to/rest.html").text == "Use REST"
    redirect = client.get("http://localhost/help", follow_redirects=False)
    assert (redirect.status_code, redirect.headers["location"]) == (307, "/help/")


@pytest.mark.parametrize("path", ["gone", "how-to/gone.html", "../index.html"])
def test_an_unknown_help_address_is_not_the_one_page(help_pages: Path, client: TestClient, path: str) -> None:
    response = client.get(f"http://localhost/help/{path.replace('..', '%2e%2e')}", headers=PAGE)
    assert (response.status_code, response.text) == (404, "No such help page")


def test_help_pages_may_run_their_own_inline_script_and_no_other(
    help_pages: Path, client: TestClient
) -> None:
    script = HELP.partition("<script>")[2].partition("</script>")[0]
    digest = b64encode(sha256(script.encode()).digest()).decode()
    for path in ("", "how-to/rest.html", "gone"):
        policy = client.get(f"http://localhost/help/{path}").headers["content-security-policy"]
        assert policy.endswith(f"; script-src 'self' 'sha256-{digest}'")
        assert policy.startswith("default-src 'self'; ")


def test_help_needs_no_token(help_pages: Path, settings: Settings) -> None:
    closed = settings.model_copy(update={"api_token": SecretStr("secret")})
    with TestClient(create_app(closed), base_url="http://localhost") as client:
        assert client.get("/api/v1/datasets").status_code == 401
        assert "Start here" in client.get("/help/").text


def test_help_that_is_not_built_says_so(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ui, "PACKAGED_HELP", tmp_path / "nowhere")
    monkeypatch.setattr(ui, "BUILT_HELP", tmp_path / "nowhere")
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        for path in ("/help", "/help/", "/help/tutorial.html"):
            response = client.get(path)
            assert response.status_code == 404
            assert "run `make docs`" in response.text


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
