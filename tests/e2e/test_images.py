"""Every image has a page: found by search, double-click, from Activity and Compare, even before any job."""

from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from tests.e2e.axe import assert_accessible
from tests.e2e.conftest import Visit
from tests.e2e.steps import run_job, upload_digits, wait_for


def browse(page: Page, client: httpx.Client, dataset: str) -> str:
    """Find an image by a part of its name and by its id, before there is any job; returns its id."""
    page.goto(f"/datasets/{dataset}")
    page.get_by_role("link", name="Images", exact=True).click()
    cards = page.get_by_role("list", name="Images").get_by_role("listitem")
    expect(cards).to_have_count(120)
    wanted = client.get(f"/datasets/{dataset}/samples", params={"search": "DIGIT-0438"}).json()["items"]
    (sample,) = wanted
    for text in ("digit-0438", sample["id"]):
        page.get_by_label("File name or id").fill(text)
        page.get_by_label("File name or id").press("Enter")
        expect(cards.filter(has_text="digit-0438")).to_have_count(1)
    expect(cards.filter(has_text=sample["given_label"]).first).to_be_visible()
    assert_accessible(page)
    cards.filter(has_text="digit-0438").get_by_role("link").click()
    expect(page.get_by_role("heading", name=sample["file_name"])).to_be_visible()
    expect(page.get_by_text("No job has ranked this dataset yet.")).to_be_visible()
    expect(page.get_by_text("Nobody has decided yet.")).to_be_visible()
    return str(sample["id"])


def see_everything(page: Page, client: httpx.Client, sample: str) -> None:
    """The page shows soft label, similar images, decisions with the withdrawn one, and comments."""
    decisions = f"/samples/{sample}/verifications"
    for verdict in ("unusable", "withdrawn", "unsure"):
        client.post(decisions, json={"verdict": verdict, "reviewer": "Ann"}).raise_for_status()
    client.post(f"/samples/{sample}/comments", json={"text": "bar or no bar?"}).raise_for_status()
    page.goto(f"/images/{sample}")
    expect(page.get_by_role("list", name="Soft label").get_by_role("listitem")).to_have_count(8)
    expect(page.get_by_text("Similar verified images")).to_be_visible()
    history = page.get_by_role("list", name="Decisions").get_by_role("listitem")
    expect(history).to_have_count(3)
    expect(history.first).to_contain_text("unsure")
    expect(history.last.locator(".line-through")).to_have_text("unusable")
    expect(page.get_by_text("bar or no bar?")).to_be_visible()


def reach_it(page: Page, client: httpx.Client, dataset: str, job: str, sample: str) -> None:
    """A double-click in the grid, a link in Activity and a link in Compare lead to the page."""
    page.goto(f"/datasets/{dataset}/activity")
    page.get_by_role("link", name="digit-0438").first.click()
    page.wait_for_url(f"**/images/{sample}")
    page.goto(f"/jobs/{job}/grid")
    tile = page.locator("[data-sample]").first
    expect(tile).to_be_visible()
    with page.context.expect_page() as opened:
        tile.dblclick()
    assert opened.value.url.endswith(f"/images/{tile.get_attribute('data-sample')}")
    opened.value.close()
    expect(page.locator("[aria-selected=true]")).to_have_count(1)  # the grid keeps its selection
    again = client.post("/jobs", json={"dataset_id": dataset, "parent_id": job}).json()["id"]
    wait_for(client, f"/jobs/{again}", "status", "succeeded")
    page.goto(f"/jobs/{job}/compare?with={again}")
    strip = page.get_by_role("list", name="Newly suspicious images")
    expect(page.get_by_text("Newly suspicious in the second job")).to_be_visible()
    if strip.count():
        assert "/images/" in (strip.get_by_role("link").first.get_attribute("href") or "")


def test_every_image_has_a_page(visit: Visit, client: httpx.Client, tmp_path: Path) -> None:
    page = visit.page
    dataset, _ = upload_digits(client, tmp_path)
    sample = browse(page, client, dataset)
    job = run_job(client, dataset)
    see_everything(page, client, sample)
    reach_it(page, client, dataset, job, sample)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        for width, height in ((1280, 720), (820, 1180), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            for address in (f"/images/{sample}", f"/datasets/{dataset}/images"):
                page.goto(address)
                page.wait_for_load_state("networkidle")
                assert_accessible(page)
