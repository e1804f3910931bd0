"""The grid of 100,000 samples scrolls without dropped content."""

from playwright.sync_api import Browser, expect

from tests.e2e.grid_proof import DIST, TOTAL, check_visible, fake_service, sample_at, scroll_through

JUMPS = 60


def test_no_tile_is_dropped_on_the_way_through_100_000(browser: Browser) -> None:
    """Every tile is right after each jump, and has its image once the scroll ends."""
    assert (DIST / "index.html").exists(), "The web UI is not built: run make setup."
    with fake_service() as url:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(f"{url}/jobs/j1/grid")
        expect(page.get_by_text("100,000 images", exact=True)).to_be_visible(timeout=30_000)
        checks = scroll_through(page, JUMPS)
        assert min(check.covered for check in checks) > 0.85  # the rest is the gaps between tiles
        last = page.locator(f"[data-index='{TOTAL - 1}']")
        expect(last).to_have_attribute("data-sample", sample_at(TOTAL - 1))
        expect(last.locator("img")).to_be_visible()
        expect(page.locator("[role=grid] [data-placeholder]")).to_have_count(0)
        final = check_visible(page)
        assert final.images == final.visible
        page.close()
