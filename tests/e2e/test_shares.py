"""A lead shares a ranking among people; each is served their own images first, and a share is taken back."""

from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from tests.e2e.axe import assert_accessible
from tests.e2e.conftest import Visit
from tests.e2e.steps import run_job, saved, shown, shown_name, sign, upload_digits

FIRST = 12


def assign(page: Page, dataset: str) -> None:
    """Give Ann twice as many of the first images as Ben."""
    page.goto(f"/datasets/{dataset}/team")
    expect(page.get_by_text("undecided images without a share")).to_be_visible()
    page.get_by_label("Only the first").fill(str(FIRST))
    page.get_by_label("People").fill("Ann: 2\nBen")
    page.get_by_role("button", name="Assign").click()
    table = page.get_by_role("table").filter(has_text="Take back")
    expect(table.get_by_text("0 of 8 decided")).to_be_visible()
    expect(table.get_by_text("0 of 4 decided")).to_be_visible()
    assert_accessible(page)


def review(page: Page, job: str, count: int) -> list[str]:
    """Keep the given label of the first images; returns their names."""
    page.goto(f"/jobs/{job}/review")
    names = []
    for _ in range(count):
        expect(shown(page)).to_be_visible()
        names.append(shown_name(page))
        page.keyboard.press("a")
        expect(page.get_by_alt_text(f"Sample {names[-1]}", exact=True)).to_have_count(0)
    saved(page)
    return names


def test_a_ranking_is_shared(visit: Visit, other: Page, client: httpx.Client, tmp_path: Path) -> None:
    dataset, _ = upload_digits(client, tmp_path)
    job = run_job(client, dataset)
    sign(visit.page, "Lea")
    assign(visit.page, dataset)
    sign(other, "Ben")
    of_ben = review(other, job, 5)
    ann, ben = client.get(f"/datasets/{dataset}/shares").json()["items"]
    assert (ann["num_samples"], ann["num_decided"]) == (8, 0)  # his fifth image is in no share
    assert (ben["num_samples"], ben["num_decided"]) == (4, 4)
    assert len(set(of_ben)) == 5
    visit.page.reload()
    expect(visit.page.get_by_text("4 of 4 decided")).to_be_visible()
    visit.page.get_by_role("button", name="Take back the share of Ann").click()
    expect(visit.page.get_by_text("0 of 8 decided")).to_have_count(0)
    (left,) = client.get(f"/datasets/{dataset}/shares").json()["items"]
    assert left["assignees"] == ["Ben"]
