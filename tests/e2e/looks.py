"""Opens pages in both themes and on three screens: WCAG 2.2 AA holds, and none is wider than its screen."""

from collections.abc import Sequence

from playwright.sync_api import Page, expect

from tests.e2e.axe import assert_accessible

SCREENS = ((1280, 720), (820, 1180), (390, 844))


def check_all(page: Page, addresses: Sequence[str]) -> None:
    """Open and check each page in each theme and on each screen."""
    for address in addresses:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            page.goto(address)
            expect(page.get_by_role("heading").first).to_be_attached()
            page.wait_for_load_state("networkidle")
            for width, height in SCREENS:
                page.set_viewport_size({"width": width, "height": height})
                assert_accessible(page)
                width_taken = page.evaluate("document.documentElement.scrollWidth")
                assert width_taken <= width, f"{address} is {width_taken} pixels wide on a screen of {width}"
