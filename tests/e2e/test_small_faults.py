"""Small faults that cost an annotator trust, each kept away on the page where it was met."""

import re
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page, expect

from tests.e2e.axe import assert_accessible
from tests.e2e.conftest import Visit
from tests.e2e.steps import run_job, saved, shown, upload_digits


def a_class_keeps_its_number(page: Page, job: str) -> None:
    """The list is by probability, the keys are in dataset order: 4 is always the fourth class, "3"."""
    page.goto(f"/jobs/{job}/review")
    expect(page.get_by_text("number keys in dataset order")).to_be_visible()
    list_ = page.get_by_role("group", name="Classes by probability")
    for label, key in (("3", "4"), ("0", "1"), ("9", "0")):
        row = list_.get_by_role("button").filter(has=page.locator(f"[title='{label}']"))
        expect(row.locator("kbd")).to_have_text(key)


def a_search_leaves_the_image_in_sight(page: Page) -> None:
    image = shown(page).bounding_box()
    page.keyboard.press("/")
    dialog = page.get_by_role("dialog", name="Choose a class").bounding_box()
    assert dialog
    assert image
    assert dialog["x"] >= image["x"] + image["width"], "the search covers the image"
    page.keyboard.press("Escape")


def small_images_may_be_smooth(page: Page) -> None:
    rendering = "element => getComputedStyle(element).imageRendering"
    assert shown(page).evaluate(rendering) == "pixelated"
    page.get_by_role("button", name="Smooth").click()
    assert shown(page).evaluate(rendering) == "auto"
    page.get_by_role("button", name="Smooth").click()


def buttons_stay_where_they_are(page: Page, job: str) -> None:
    page.goto(f"/jobs/{job}/grid")
    expect(page.locator("[data-sample]").first).to_be_visible()
    button = page.get_by_role("button", name="Keep given")
    before = button.bounding_box()
    page.keyboard.press("Control+a")
    expect(page.get_by_text("images selected")).to_be_visible()
    assert button.bounding_box() == before
    page.keyboard.press("Escape")


def the_top_has_its_number_of_images(page: Page, client: httpx.Client, job: str) -> None:
    top: list[dict[str, Any]] = client.get(f"/jobs/{job}/summary").json()["top"]
    k = top[0]["k"]
    page.goto(f"/jobs/{job}/grid?rank_max={k}")
    expect(page.get_by_text(f"{k} images", exact=True)).to_be_visible()
    page.goto(f"/jobs/{job}")
    link = page.get_by_role("link", name=re.compile(f"^Top .* {k} images$"))
    assert f"rank_max={k}" in (link.get_attribute("href") or "")


def comments_are_those_of_the_image(page: Page, client: httpx.Client, dataset: str) -> None:
    samples = client.get(f"/datasets/{dataset}/samples", params={"limit": 2}).json()["items"]
    for sample, text in zip(samples, ("about the first", "about the second"), strict=True):
        client.post(f"/samples/{sample['id']}/comments", json={"text": text}).raise_for_status()
    page.goto(f"/datasets/{dataset}/activity?sample_id={samples[0]['id']}")
    expect(page.get_by_text("about the first")).to_be_visible()
    expect(page.get_by_text("about the second")).to_have_count(0)


def an_export_from_before_is_marked(page: Page, job: str) -> None:
    page.goto(f"/jobs/{job}?tab=accept")
    page.get_by_role("button", name="Export CSV").click()
    row = page.get_by_role("list", name="Exports").get_by_role("listitem")
    expect(row).to_contain_text("Digits-")
    expect(row.get_by_text("Outdated")).to_have_count(0)
    page.goto(f"/jobs/{job}/review")
    expect(shown(page)).to_be_visible()
    page.keyboard.press("u")
    saved(page)
    page.goto(f"/jobs/{job}?tab=accept")
    expect(row.get_by_text("Outdated")).to_be_visible()


def counts_follow_a_decision(page: Page, job: str) -> None:
    """Decide, go to the results without a reload: the decision is counted."""
    page.goto(f"/jobs/{job}")
    figure = page.locator("dt:text-is('Reviewed') + dd").first
    before = int(figure.inner_text())
    page.get_by_role("link", name="Start review").click()
    expect(shown(page)).to_be_visible()
    page.keyboard.press("u")
    saved(page)
    page.get_by_role("link", name="Results").click()
    expect(figure).to_have_text(str(before + 1))


def nothing_is_cut(page: Page, job: str) -> None:
    """No button, option or label of the grid's and review's bars is wider than its box."""
    for address in (f"/jobs/{job}/grid?reviewed=false", f"/jobs/{job}/review"):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        cut = page.evaluate(
            """() => [...document.querySelectorAll('main button, main select, main kbd')]
                 .filter(box => box.offsetParent !== null && box.scrollWidth > box.clientWidth + 1)
                 .map(box => box.textContent.slice(0, 60))"""
        )
        assert cut == [], address


def test_small_faults(visit: Visit, client: httpx.Client, tmp_path: Path) -> None:
    page = visit.page
    dataset, _ = upload_digits(client, tmp_path)
    job = run_job(client, dataset)
    a_class_keeps_its_number(page, job)
    a_search_leaves_the_image_in_sight(page)
    small_images_may_be_smooth(page)
    nothing_is_cut(page, job)
    buttons_stay_where_they_are(page, job)
    the_top_has_its_number_of_images(page, client, job)
    comments_are_those_of_the_image(page, client, dataset)
    counts_follow_a_decision(page, job)
    an_export_from_before_is_marked(page, job)
    for width, height in ((820, 1180), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"/jobs/{job}?tab=accept")
        page.wait_for_load_state("networkidle")
        assert_accessible(page)
