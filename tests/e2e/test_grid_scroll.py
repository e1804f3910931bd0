"""The grid of 100,000 samples scrolls without dropped content."""

from playwright.sync_api import Browser, expect

from tests.e2e.grid_proof import DIST, TOTAL, look, played_service, sample_at, scroll_through

LEAPS = 60


def test_no_tile_is_dropped_on_the_way_through_100_000(browser: Browser) -> None:
    """Right after each leap every tile is the right one; once it rests, every tile has its image."""
    assert (DIST / "index.html").exists(), "The web UI is not built: run make setup."
    with played_service() as url:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(f"{url}/jobs/j1/grid")
        expect(page.get_by_text("100,000 images", exact=True)).to_be_visible(timeout=30_000)
        sights = scroll_through(page, LEAPS)
        assert min(sight.covered for sight in sights) > 0.85  # the rest is the gaps between tiles
        last = page.locator(f"[data-index='{TOTAL - 1}']")
        expect(last).to_have_attribute("data-sample", sample_at(TOTAL - 1))
        expect(last.locator("img")).to_be_visible()
        expect(page.locator("[role=grid] [data-placeholder]")).to_have_count(0)
        resting = look(page)
        assert resting.images == resting.seen
        page.close()
