"""The help pages in a real browser: their policy stops nothing that they need."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import ROOT, Visit


@pytest.fixture(autouse=True)
def _built() -> None:
    assert (ROOT / "docs/_build/html/index.html").exists(), "The help pages are not built: run make docs."


def test_the_search_finds_a_page(visit: Visit) -> None:
    visit.page.goto("/help")
    visit.page.get_by_placeholder("Search").fill("error budget")
    visit.page.keyboard.press("Enter")
    results = visit.page.locator("#search-results")
    results.get_by_role("link", name=re.compile("Accept suggestions within an error budget")).first.click()
    expect(visit.page.get_by_role("heading", level=1)).to_contain_text("within an error budget")


def test_the_chosen_color_scheme_is_kept(visit: Visit) -> None:
    visit.page.emulate_media(color_scheme="light")
    visit.page.goto("/help/")
    visit.page.get_by_label("Toggle Light / Dark / Auto color theme").last.click()
    visit.page.goto("/help/tutorial.html")
    expect(visit.page.locator("body")).to_have_attribute("data-theme", "dark")
