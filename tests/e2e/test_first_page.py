"""The first page: size of its JavaScript, and the header."""

import gzip

from playwright.sync_api import Response, expect

from tests.e2e.conftest import Visit

MAX_JAVASCRIPT = 250_000
"""Bytes, gzipped."""


def test_first_page_needs_little_javascript(visit: Visit) -> None:
    scripts: list[Response] = []
    visit.page.on(
        "response",
        lambda response: scripts.append(response) if response.request.resource_type == "script" else None,
    )
    visit.page.goto("/")
    visit.page.wait_for_load_state("networkidle")
    size = sum(len(gzip.compress(script.body())) for script in scripts)
    assert 0 < size < MAX_JAVASCRIPT


def test_header_links_to_the_documentation_on_every_screen(visit: Visit) -> None:
    for width in (1280, 360):
        visit.page.set_viewport_size({"width": width, "height": 720})
        visit.page.goto("/")
        help_link = visit.page.get_by_role("banner").get_by_role("link", name="Help")
        expect(help_link).to_be_visible()
        expect(help_link).to_have_attribute("href", "/help/")
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert visit.page.evaluate(overflow) == 0, f"the page scrolls sideways at {width} px"
