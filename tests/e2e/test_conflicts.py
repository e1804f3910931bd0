"""Two reviewers decide on one image: the second is shown both answers, and nothing is lost."""

from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from tests.e2e.axe import assert_accessible
from tests.e2e.conftest import Visit
from tests.e2e.steps import run_job, saved, shown, sign, upload_digits


def open_grid(page: Page, job: str) -> str:
    """Open the grid and focus its first tile; returns its sample."""
    page.goto(f"/jobs/{job}/grid?reviewed=false")
    tile = page.locator("[data-sample]").first
    expect(tile).to_be_visible()
    tile.click()
    return tile.get_attribute("data-sample") or ""


def verdict_of(client: httpx.Client, sample: str) -> str | None:
    verdict: str | None = client.get(f"/samples/{sample}").json()["verdict"]
    return verdict


def grid_asks(ann: Page, ben: Page, client: httpx.Client, job: str, visit: Visit) -> None:
    """Ben decides first, Ann's older page otherwise; she is asked, also after a reload, and insists."""
    sample = open_grid(ann, job)
    assert open_grid(ben, job) == sample
    ben.keyboard.press("x")
    saved(ben)
    ann.keyboard.press("Shift+ArrowRight")
    ann.keyboard.press("a")  # keeps two labels; Ben called one of the images unusable
    notice = ann.get_by_role("alert")
    expect(notice).to_contain_text("1 image decided otherwise meanwhile")
    saved(ann)
    assert len(visit.problems) == 1, visit.problems  # the browser's log entry for the refused batch
    assert "409" in visit.problems.pop()
    assert verdict_of(client, sample) == "unusable"
    expect(ann.locator(f"[data-sample='{sample}']")).to_contain_text("unusable")
    ann.reload()
    notice.get_by_role("button", name="Compare answers").click()
    row = ann.get_by_role("list", name="Conflicts").get_by_role("listitem")
    for text in ("Ben", "unusable", "given label is correct"):
        expect(row).to_contain_text(text)
    assert_accessible(ann)
    row.get_by_role("button", name="Use mine").click()
    expect(notice).to_have_count(0)
    saved(ann)
    assert verdict_of(client, sample) == "correct"
    rows = client.get(f"/samples/{sample}/verifications").json()["items"]
    assert [(row["reviewer"], row["verdict"]) for row in rows] == [("Ben", "unusable"), ("Ann", "correct")]


def review_asks(ann: Page, client: httpx.Client, job: str, visit: Visit) -> None:
    """The same in review, where she keeps the other answer."""
    ann.goto(f"/jobs/{job}/review")
    expect(shown(ann)).to_be_visible()
    address = shown(ann).get_attribute("src") or ""
    sample = address.split("/samples/")[1].split("/")[0]
    by_ben = {"reviewer": "Ben", "verdict": "unusable"}
    client.post(f"/samples/{sample}/verifications", json=by_ben).raise_for_status()
    ann.keyboard.press("a")
    expect(ann.get_by_role("alert")).to_contain_text("decided otherwise")
    assert "409" in visit.problems.pop()
    ann.get_by_role("button", name="Compare answers").click()
    ann.get_by_role("button", name="Keep theirs").click()
    expect(ann.get_by_role("alert")).to_have_count(0)
    assert verdict_of(client, sample) == "unusable"


def both_are_kept(ann: Page, ben: Page, client: httpx.Client, job: str) -> None:
    """With an overlap of two, both answers are opinions, and a third person breaks the tie."""
    sample = open_grid(ann, job)
    assert open_grid(ben, job) == sample
    for page, key in ((ben, "x"), (ann, "a")):
        page.keyboard.press(key)
        saved(page)
    expect(ann.get_by_role("alert")).to_have_count(0)
    rows = client.get(f"/samples/{sample}/verifications").json()["items"]
    assert {(row["reviewer"], row["verdict"]) for row in rows} == {("Ben", "unusable"), ("Ann", "correct")}


def test_two_people_who_disagree_are_asked(
    visit: Visit, other: Page, client: httpx.Client, tmp_path: Path
) -> None:
    dataset, _ = upload_digits(client, tmp_path)
    job = run_job(client, dataset)
    sign(visit.page, "Ann")
    sign(other, "Ben")
    grid_asks(visit.page, other, client, job, visit)
    review_asks(visit.page, client, job, visit)
    client.patch(f"/datasets/{dataset}", json={"overlap": 2}).raise_for_status()
    both_are_kept(visit.page, other, client, job)
    assert client.get(f"/datasets/{dataset}/queues", params={"reviewer": "Eve"}).json()["tie_break"] == 1
