"""The first page is there soon, on a slow line too."""

import gzip

from playwright.sync_api import Response

from tests.e2e.conftest import Visit

MOST_JAVASCRIPT = 250_000
"""Bytes, gzipped."""


def test_the_first_page_needs_little_javascript(visit: Visit) -> None:
    scripts: list[Response] = []
    visit.page.on(
        "response",
        lambda response: scripts.append(response) if response.request.resource_type == "script" else None,
    )
    visit.page.goto("/")
    visit.page.wait_for_load_state("networkidle")
    size = sum(len(gzip.compress(script.body())) for script in scripts)
    assert 0 < size < MOST_JAVASCRIPT
