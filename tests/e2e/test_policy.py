"""A person's choice of what is accepted without review lasts, can be undone, and is seen where labels are."""

from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from tests.e2e.axe import assert_accessible
from tests.e2e.conftest import Visit
from tests.e2e.steps import run_job, shown, upload_digits, wait_for


def choose(page: Page, job: str, percent: str) -> None:
    """Choose an error budget on the job's page."""
    page.goto(f"/jobs/{job}?tab=accept")
    page.get_by_role("radio", name="within an error budget").check()
    page.get_by_label("Error budget (%)").fill(percent)
    page.get_by_role("button", name="Apply choice").click()
    expect(page.get_by_text(f"within an error budget of {percent}.0 %").first).to_be_visible()


def changed_in_grid(page: Page, job: str, count: int) -> None:
    """The filter finds the changed labels, and each is marked."""
    page.goto(f"/jobs/{job}/grid")
    page.get_by_label("Changed by the model").select_option(label="Changed by the model")
    expect(page.get_by_text(f"{count:,} image")).to_be_visible()
    tiles = page.locator("[data-sample]")
    expect(tiles.first).to_contain_text("by model")
    expect(tiles.filter(has_not_text="by model")).to_have_count(0)
    assert_accessible(page)


def test_a_choice_lasts_and_is_undone(visit: Visit, client: httpx.Client, tmp_path: Path) -> None:
    page = visit.page
    dataset, _ = upload_digits(client, tmp_path)
    first = run_job(client, dataset)
    address = f"/jobs/{first}/auto-accept"
    before = client.get(address).json()
    choose(page, first, "10")
    chosen = client.get(address).json()
    assert chosen["policy"]["kind"] == "budget"
    assert chosen["expected_error"] <= 0.1
    headline = page.locator("dt:text-is('Labels changed by the model') + dd")
    expect(headline).to_have_text(f"{chosen['num_samples']:,}")
    changed_in_grid(page, first, chosen["num_samples"])
    page.goto(f"/jobs/{first}/review?changed_by_model=true")
    expect(shown(page)).to_be_visible()
    expect(page.get_by_text("Changed by the model to")).to_be_visible()

    page.goto(f"/jobs/{first}")
    page.get_by_role("button", name="Re-run job").click()
    page.wait_for_url(lambda url: f"/jobs/{first}" not in url)
    second = page.url.split("/jobs/")[1].split("?")[0]
    wait_for(client, f"/jobs/{second}", "status", "succeeded")
    carried = client.get(f"/jobs/{second}/auto-accept").json()
    assert (carried["source"], carried["max_error"], carried["follows_policy"]) == ("budget", 0.1, True)

    page.goto(f"/jobs/{second}?tab=accept")
    expect(page.get_by_text("within an error budget of 10.0 %").first).to_be_visible()
    page.get_by_role("radio", name="No suggestion").check()
    page.get_by_role("button", name="Apply choice").click()
    expect(page.get_by_text("Accepted: no suggestion.")).to_be_visible()
    for source in ("budget", before["source"]):
        page.get_by_role("button", name="Undo choice").click()
        wait_for(client, f"/jobs/{second}/auto-accept", "source", source)
    expect(page.get_by_text("Nobody has chosen yet")).to_be_visible()
    restored = client.get(address).json()
    assert (restored["source"], restored["num_samples"]) == (before["source"], before["num_samples"])
