"""Keys never act while a person types."""

from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.steps import saved, shown, shown_name, upload_digits


def open_verify(page: Page, dataset: str) -> str:
    """Open the focus view; returns the shown image."""
    page.goto(f"/datasets/{dataset}/verify")
    expect(shown(page)).to_be_visible()
    return shown_name(page)


def decided(client: httpx.Client, dataset: str) -> list[str]:
    """Names of the images with a reviewer's decision."""
    rows = client.get(f"/datasets/{dataset}/verifications", params={"source": "review"}).json()["items"]
    return [row["file_name"] for row in rows]


def test_a_comment_is_typed_and_settles_nothing(visit: Visit, client: httpx.Client, tmp_path: Path) -> None:
    dataset, _ = upload_digits(client, tmp_path)
    page = visit.page
    name = open_verify(page, dataset)
    page.keyboard.press("c")
    page.keyboard.type("a saxophone, unsure which")
    field = page.get_by_label("Comment on this image")
    expect(field).to_be_focused()
    expect(field).to_have_value("a saxophone, unsure which")
    page.keyboard.press("Tab")  # the button beside the field: still no place for commands
    page.keyboard.type("a")
    assert shown_name(page) == name
    page.reload()  # a draft survives
    expect(field).to_have_value("a saxophone, unsure which")
    assert shown_name(page) == name
    page.keyboard.press("c")  # the open panel takes the focus instead of closing
    expect(field).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("region", name="Comments").get_by_role("listitem")).to_have_count(1)
    expect(field).to_have_value("")
    page.keyboard.type("a")
    assert shown_name(page) == name
    assert decided(client, dataset) == []
    field.fill("")
    page.keyboard.press("Escape")  # gives the focus back
    expect(field).to_have_count(0)
    page.keyboard.press("a")
    expect(page.get_by_alt_text(f"Sample {name}", exact=True)).to_have_count(0)
    saved(page)
    assert decided(client, dataset) == [name]


def test_a_name_ends_with_enter_or_escape(visit: Visit, client: httpx.Client, tmp_path: Path) -> None:
    dataset, _ = upload_digits(client, tmp_path)
    page = visit.page
    open_verify(page, dataset)
    field = page.get_by_label("Reviewer name")
    for reviewer, key in (("Ada", "Enter"), ("Ben", "Escape")):
        field.fill(reviewer)
        field.press(key)
        expect(field).not_to_be_focused()
        page.wait_for_timeout(900)  # a changed name starts a new list
        expect(shown(page)).to_be_visible()
        name = shown_name(page)
        page.keyboard.press("a")
        expect(page.get_by_alt_text(f"Sample {name}", exact=True)).to_have_count(0)
        expect(field).to_have_value(reviewer)
    saved(page)
    rows = client.get(f"/datasets/{dataset}/verifications").json()["items"]
    assert [row["reviewer"] for row in rows] == ["Ben", "Ada"]
