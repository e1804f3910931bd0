"""A telephone: a day's first decisions by swipe and tap, each read back from the service."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.e2e.axe import assert_accessible
from tests.e2e.conftest import PATIENCE_MS
from tests.e2e.steps import run_job, saved, shown, shown_name, upload_digits

RIGHT, LEFT, UP = (150, 0), (-150, 0), (0, -150)
Point = tuple[float, float]


@pytest.fixture
def telephone(browser: Browser, service: str) -> Iterator[Page]:
    """A page on a touch screen. Its console must be clean at the end."""
    context = browser.new_context(
        base_url=service,
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
    )
    context.set_default_timeout(PATIENCE_MS)
    page, problems = context.new_page(), list[str]()
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert problems == []


def touch(session: CDPSession, kind: str, *points: Point) -> None:
    """One event of the touch screen; `points` are the fingers on it."""
    fingers = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})


def middle(page: Page) -> Point:
    """The middle of the shown image."""
    box = shown(page).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, way: Point) -> CDPSession:
    """Put a finger on the image and move it, without lifting it."""
    session, (x, y) = page.context.new_cdp_session(page), middle(page)
    touch(session, "touchStart", (x, y))
    for step in range(1, 6):
        touch(session, "touchMove", (x + way[0] * step / 5, y + way[1] * step / 5))
    return session


def swipe(page: Page, way: Point) -> str:
    """Swipe over the shown image and wait for the next one; returns the file name of the first."""
    name = shown_name(page)
    touch(drag(page, way), "touchEnd")
    expect(page.get_by_alt_text(f"Sample {name}", exact=True)).to_have_count(0)
    expect(shown(page)).to_be_visible()
    return name


def decided(client: httpx.Client, dataset: str) -> list[dict[str, Any]]:
    """Every decision of a person, in order, without withdrawn ones."""
    params = {"source": "review"}
    rows = client.get(f"/datasets/{dataset}/verifications", params=params).json()["items"]
    return [row for row in reversed(rows) if not row["withdrawn"] and row["verdict"] != "withdrawn"]


def hint_is_shown_once(page: Page) -> None:
    hint = page.get_by_role("complementary", name="Swipes")
    expect(hint).to_contain_text("Use the suggestion")
    assert_accessible(page)
    hint.get_by_role("button", name="Got it").tap()
    expect(hint).to_have_count(0)
    page.reload()
    expect(shown(page)).to_be_visible()
    expect(hint).to_have_count(0)


def fits_without_scrolling(page: Page) -> None:
    """The image, every verdict and undo are on the first screen, and nothing scrolls sideways."""
    expect(shown(page)).to_be_in_viewport(ratio=1)
    for name in ("Keep given label", "Use suggestion", "Unusable", "Undo latest"):
        expect(page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) == 0


def swipes_decide(page: Page, client: httpx.Client, dataset: str, job: str) -> None:
    kept, skipped, changed = swipe(page, RIGHT), swipe(page, UP), swipe(page, LEFT)
    saved(page)
    right, left = decided(client, dataset)
    assert (right["file_name"], right["verdict"]) == (kept, "correct")
    suggested = client.get(f"/jobs/{job}/results/{left['sample_id']}").json()["suggested_label"]
    assert (left["file_name"], left["verdict"], left["label"]) == (changed, "wrong", suggested)
    assert skipped not in {kept, changed}
    page.get_by_role("button", name="Undo latest").tap()
    expect(page.get_by_alt_text(f"Sample {changed}", exact=True)).to_be_visible()
    expect(page.get_by_role("status", name="Latest decision")).to_contain_text("Undone")
    saved(page)
    assert [row["file_name"] for row in decided(client, dataset)] == [kept]


def taps_decide(page: Page, client: httpx.Client, dataset: str) -> None:
    """Every swipe has a button, and the other verdicts are taps, too."""
    names = []
    for button in ("Keep given label", "Use suggestion", "Unsure", "Unusable", "Wrong, class unknown"):
        name = shown_name(page)
        page.get_by_role("button", name=button).tap()
        expect(page.get_by_alt_text(f"Sample {name}", exact=True)).to_have_count(0)
        names.append(name)
    saved(page)
    found = {row["file_name"]: row["verdict"] for row in decided(client, dataset)}
    assert [found[name] for name in names] == ["correct", "wrong", "unsure", "unusable", "wrong_unknown"]


def hesitation_decides_nothing(page: Page, client: httpx.Client, dataset: str) -> None:
    """A short swipe, a pinch, and a finger that comes back."""
    before, name = decided(client, dataset), shown_name(page)
    touch(drag(page, (30, 0)), "touchEnd")
    x, y = middle(page)
    session = drag(page, RIGHT)
    touch(session, "touchMove", (x + 5, y))
    touch(session, "touchEnd")
    touch(session, "touchStart", (x - 20, y), (x + 20, y))
    touch(session, "touchMove", (x - 120, y), (x + 120, y))
    touch(session, "touchEnd")
    expect(shown(page)).to_have_attribute("style", re.compile(r"scale\((?!1\))"))  # the pinch zoomed
    page.get_by_role("button", name="Fit image").tap()
    assert shown_name(page) == name
    assert decided(client, dataset) == before


def image_follows_the_finger(page: Page) -> None:
    """Without reduced motion; with it, only the text says what letting go does."""
    for motion, moves in (("no-preference", True), ("reduce", False)):
        page.emulate_media(reduced_motion=as_literal(motion))
        at = middle(page)
        session = drag(page, RIGHT)
        expect(page.get_by_text("Keep the given label")).to_be_visible()
        assert (middle(page)[0] > at[0] + 50) is moves, motion
        touch(session, "touchCancel")
        expect(page.get_by_text("Keep the given label")).to_have_count(0)


def test_review_by_swipe_and_tap(telephone: Page, client: httpx.Client, tmp_path: Path) -> None:
    page = telephone
    dataset, _ = upload_digits(client, tmp_path)
    job = run_job(client, dataset)
    page.goto(f"/jobs/{job}/review")
    expect(shown(page)).to_be_visible()
    hint_is_shown_once(page)
    fits_without_scrolling(page)
    swipes_decide(page, client, dataset, job)
    taps_decide(page, client, dataset)
    hesitation_decides_nothing(page, client, dataset)
    image_follows_the_finger(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=as_literal(scheme))
        assert_accessible(page)


def as_literal(name: str) -> Any:
    """Cast for Playwright, whose media features are literal types."""
    return name
