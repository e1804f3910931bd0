"""From a fresh start to the first settled image: at most three clicks, a file dialog and one key."""

from collections import Counter
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from cli.demo.data import make_demo_data
from tests.e2e.axe import assert_accessible
from tests.e2e.conftest import Visit
from tests.e2e.steps import saved, shown, shown_name

MAX_CLICKS, MAX_KEYS = 3, 1

COUNT = """
for (const type of ['pointerdown', 'keydown']) {
  addEventListener(type, event => { if (event.isTrusted) window.count(type); }, true);
}
"""


def count_hands(page: Page) -> Counter[str]:
    """Counts every click and key of the page, on all pages that follow."""
    counted = Counter[str]()
    page.expose_function("count", lambda kind: counted.update([kind]))
    page.add_init_script(COUNT)
    return counted


def test_the_first_decision_needs_three_clicks_and_a_key(
    visit: Visit, client: httpx.Client, tmp_path: Path
) -> None:
    page = visit.page
    archive = tmp_path / "digits.zip"
    make_demo_data().write_zip(archive)
    counted = count_hands(page)
    page.goto("/")
    with page.expect_file_chooser() as dialog:
        page.get_by_label("Archive file").click()
    dialog.value.set_files(archive)
    page.get_by_role("button", name="Create and upload").click()
    page.get_by_role("button", name="Store and start verifying").click()
    expect(shown(page)).to_be_visible(timeout=60_000)
    name = shown_name(page)
    page.keyboard.press("a")
    saved(page)
    (dataset,) = client.get("/datasets").json()["items"]
    (settled,) = client.get(f"/datasets/{dataset['id']}/samples", params={"reviewed": True}).json()["items"]
    assert (settled["file_name"], settled["settled_label"]) == (name, name.split("/")[0])
    assert 0 < counted["pointerdown"] <= MAX_CLICKS
    assert 0 < counted["keydown"] <= MAX_KEYS
    page.go_back()  # not to the page that leads here
    expect(page.get_by_role("heading", name="Find and fix wrong labels")).to_have_count(0)
    assert_accessible(page)
