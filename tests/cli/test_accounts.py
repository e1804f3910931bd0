"""`mslg user` and `mslg token`, and the link of the first administrator, against a running service."""

import re
from pathlib import Path

import httpx
import pytest

from tests.cli.test_serve import mslg, serving

PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def _with_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MSLG_ACCOUNTS", "true")


def test_from_the_first_start_to_a_token(tmp_path: Path) -> None:
    data, log = tmp_path / "data", tmp_path / "log"
    with serving(data, log) as (_, url):
        link = re.search(r"http://\S+/set-password#(\S+)", log.read_text())
        assert link is not None
        assert link.group().startswith(url)
        with httpx.Client(base_url=f"{url}/api/v1") as browser:
            assert browser.get("/datasets").status_code == 401
            setup = {"secret": link.group(1), "name": "ada", "password": PASSWORD}
            assert browser.post("/password-links/redeem", json=setup).status_code == 204
            assert browser.get("/users/me").json()["is_admin"] is True

        def run(*arguments: str) -> str:
            done = mslg(*arguments, cwd=tmp_path, MSLG_DATA_DIR=str(data))
            assert done.returncode == 0, done.stderr
            return done.stdout

        assert "/set-password#" in run("user", "add", "bob", "--display-name", "Bob")
        assert run("user", "list").splitlines() == ["ada  (administrator)", "bob  (invited)"]
        secret = run("token", "create", "ada", "--name", "ci", "--scope", "admin").strip()
        headers = {"authorization": f"Bearer {secret}"}
        assert httpx.get(f"{url}/api/v1/users", headers=headers).status_code == 200
        token_id = run("token", "list", "ada").split()[0]
        run("token", "revoke", "ada", token_id)
        assert httpx.get(f"{url}/api/v1/users", headers=headers).status_code == 401
        run("user", "disable", "bob")
        assert run("user", "list").splitlines()[1] == "bob  (disabled)"
        run("user", "enable", "bob")
        assert "/set-password#" in run("user", "reset", "BOB")
    with serving(data, tmp_path / "second log"):
        assert "/set-password#" not in (tmp_path / "second log").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("user", "disable", "nobody"), "Error: There is no user nobody.\n"),
        (("user", "add", " "), "Error: Enter a name.\n"),
        (("token", "create", "nobody"), "Error: There is no user nobody.\n"),
    ],
)
def test_errors_are_sentences(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    result = mslg(*arguments, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (2, message)


def test_links_name_the_public_address(tmp_path: Path) -> None:
    result = mslg("user", "add", "ada", cwd=tmp_path, MSLG_PUBLIC_URL="https://labels.example/")
    assert "https://labels.example/set-password#" in result.stdout
