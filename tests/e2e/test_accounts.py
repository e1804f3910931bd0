"""Accounts in the browser: the first administrator's link, an invitation, signing in and out."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.axe import assert_accessible
from tests.e2e.conftest import Visit
from tests.e2e.looks import check_all

PASSWORD = "correct horse battery staple"
FIRST_LINK = re.compile(r"first administrator: http://\S+?(/set-password#\S+)")


@pytest.fixture(autouse=True)
def _with_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MSLG_ACCOUNTS", "true")


def set_password(page: Page, link: str, name: str | None = None) -> None:
    """Follow a link, and arrive at the datasets."""
    page.goto(link)
    if name is not None:
        page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_role("banner").get_by_role("button", name="Sign out")).to_be_visible()


def test_from_the_first_link_to_an_invited_reviewer(visit: Visit, other: Page, tmp_path: Path) -> None:
    page = visit.page
    page.goto("/")
    expect(page.get_by_role("heading", name="Sign in").first).to_be_attached()
    expect(page.get_by_label("API token")).not_to_be_visible()
    assert_accessible(page)

    found = FIRST_LINK.search((tmp_path / "serve.log").read_text())
    assert found
    page.goto(found[1])
    expect(page.get_by_text("Set up the first administrator")).to_be_visible()
    assert_accessible(page)
    page.reload()
    set_password(page, found[1], "Ada")
    banner = page.get_by_role("banner")
    expect(banner.get_by_role("link", name="Ada")).to_be_visible()
    expect(banner.get_by_label("Reviewer name")).not_to_be_visible()
    assert page.evaluate("localStorage['mslg.reviewer']") == "Ada"

    invited = page.request.post("/api/v1/users", data={"name": "Ben"}, headers={"sec-fetch-site": "none"})
    assert invited.status == 201
    link = invited.json()["link"]
    set_password(other, link)
    expect(other.get_by_role("banner").get_by_role("link", name="Ben")).to_be_visible()
    other.get_by_role("button", name="Sign out").click()
    other.get_by_label("Name", exact=True).fill("ben")
    other.get_by_label("Password").fill("not the password")
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other.get_by_text("Wrong name or password")).to_be_visible()
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other.get_by_role("banner").get_by_role("link", name="Ben")).to_be_visible()

    other.goto(link)
    expect(other.get_by_text("This link has been used or replaced")).to_be_visible()


def test_members_tokens_and_sessions(visit: Visit, other: Page, tmp_path: Path) -> None:
    page, ours = visit.page, {"sec-fetch-site": "none"}
    found = FIRST_LINK.search((tmp_path / "serve.log").read_text())
    assert found
    set_password(page, found[1], "Ada")
    dataset = page.request.post("/api/v1/datasets", data={"name": "birds"}, headers=ours).json()["id"]
    invited = page.request.post("/api/v1/users", data={"name": "Ben"}, headers=ours).json()
    set_password(other, invited["link"])
    expect(other.get_by_text("birds")).not_to_be_visible()

    page.goto(f"/datasets/{dataset}/team")
    form = page.get_by_role("form", name="Add a member")
    form.get_by_label("User").fill("ben")
    form.get_by_label("Role").select_option("Read only")
    form.get_by_role("button", name="Add").click()
    role = page.get_by_label("Role of Ben")
    expect(role).to_have_value("read_only")
    assert_accessible(page)
    role.select_option("Annotator")
    page.get_by_label("Ben may adjudicate").click()
    expect(page.get_by_label("Ben may adjudicate")).to_be_checked()
    other.goto(f"/datasets/{dataset}/team")
    expect(other.get_by_role("region", name="Members").first).to_contain_text("Annotator")
    expect(other.get_by_role("form", name="Add a member")).not_to_be_visible()
    page.get_by_role("button", name="Remove Ben").click()
    expect(role).not_to_be_visible()

    page.get_by_role("banner").get_by_role("link", name="Ada").click()
    page.get_by_label("What it is for").fill("nightly export")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("status").get_by_text("mslg_")).to_be_visible()
    expect(page.get_by_text("this browser")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Revoke nightly export").click()
    expect(page.get_by_text("No tokens.")).to_be_visible()


def test_an_administrator_invites_disables_and_resets(visit: Visit, other: Page, tmp_path: Path) -> None:
    page = visit.page
    found = FIRST_LINK.search((tmp_path / "serve.log").read_text())
    assert found
    set_password(page, found[1], "Ada")
    page.get_by_role("banner").get_by_role("link", name="Ada").click()
    form = page.get_by_role("form", name="Invite a user")
    form.get_by_label("Name of the new user").fill("Ben")
    form.get_by_role("button", name="Invite").click()
    set_password(other, form.get_by_role("status").locator("code").inner_text())
    other.goto("/account")
    expect(other.get_by_role("form", name="Change the password")).to_be_visible()
    expect(other.get_by_role("region", name="Users")).to_have_count(0)
    assert_accessible(page)

    page.reload()
    row = page.get_by_role("row").filter(has_text="Ben")
    expect(row).to_contain_text("active")
    row.get_by_role("button", name="Disable Ben").click()
    expect(row).to_contain_text("disabled")
    other.reload()
    expect(other.get_by_role("heading", name="Sign in").first).to_be_attached()
    row.get_by_role("button", name="Enable Ben").click()
    expect(row).to_contain_text("active")
    row.get_by_role("button", name="Password link for Ben").click()
    set_password(other, page.get_by_role("status").locator("code").inner_text())

    own = page.get_by_role("form", name="Change the password")
    own.get_by_label("Current password").fill(PASSWORD)
    own.get_by_label("New password").fill("another long password")
    own.get_by_role("button", name="Change").click()
    expect(page.get_by_text("The password is changed.")).to_be_visible()


def test_pages_of_accounts_in_every_look(visit: Visit, tmp_path: Path) -> None:
    found = FIRST_LINK.search((tmp_path / "serve.log").read_text())
    assert found
    check_all(visit.page, ["/", found[1]])
    visit.page.reload()
    set_password(visit.page, found[1], "Ada")
    check_all(visit.page, ["/account"])
