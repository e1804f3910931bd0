"""Two leads edit the same settings: the second is shown both values, and nothing is lost."""

from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from tests.e2e.axe import assert_accessible
from tests.e2e.conftest import Visit
from tests.e2e.steps import run_job, sign, upload_digits


def refused(visit: Visit) -> None:
    """Forget the browser's log entry for one refused change."""
    assert len(visit.problems) == 1, visit.problems
    assert "409" in visit.problems.pop()


def edit(page: Page, dataset: str, guidelines: str, overlap: int) -> None:
    """Type new settings, without saving them."""
    page.goto(f"/datasets/{dataset}")
    page.get_by_label("Guidelines").fill(guidelines)
    page.get_by_label("Opinions per image").fill(str(overlap))


def save(page: Page) -> None:
    page.get_by_role("region", name="Review settings").get_by_role("button", name="Save").click()


def stored(client: httpx.Client, dataset: str) -> tuple[str, int]:
    found = client.get(f"/datasets/{dataset}").json()
    return found["guidelines"], found["overlap"]


def review_settings(visit: Visit, ben: Page, client: httpx.Client, dataset: str) -> None:
    """Ben saves first. Ann, whose page is older, first keeps his values, then insists on hers."""
    ann = visit.page
    edit(ann, dataset, "By Ann.", 2)
    edit(ben, dataset, "By Ben.", 3)
    save(ben)
    expect(ben.get_by_text("Saved", exact=True)).to_be_visible()
    save(ann)
    alert = ann.get_by_role("alert")
    for text in ("Yours: By Ann.", "Theirs: By Ben.", "Yours: 2", "Theirs: 3"):
        expect(alert).to_contain_text(text)
    refused(visit)
    assert_accessible(ann)
    assert stored(client, dataset) == ("By Ben.", 3)
    ann.get_by_role("button", name="Keep theirs").click()
    expect(ann.get_by_label("Guidelines")).to_have_value("By Ben.")
    expect(ann.get_by_label("Opinions per image")).to_have_value("3")
    ann.get_by_label("Opinions per image").fill("2")
    client.patch(f"/datasets/{dataset}", json={"overlap": 4}).raise_for_status()
    save(ann)
    expect(alert).to_contain_text("Theirs: 4")
    refused(visit)
    ann.get_by_role("button", name="Use mine").click()
    expect(ann.get_by_text("Saved", exact=True)).to_be_visible()
    assert stored(client, dataset) == ("By Ben.", 2)


def policies(visit: Visit, ben: Page, client: httpx.Client, job: str) -> None:
    """Ben chooses a policy first; Ann, whose page is older, sees both and chooses again."""
    ann = visit.page
    for page in (ann, ben):
        page.goto(f"/jobs/{job}?tab=accept")
        expect(page.get_by_text("Nobody has chosen yet")).to_be_visible()
    ben.get_by_role("radio", name="No suggestion").check()
    ben.get_by_role("button", name="Apply choice").click()
    expect(ben.get_by_text("Accepted: no suggestion.")).to_be_visible()
    ann.get_by_role("radio", name="within an error budget").check()
    ann.get_by_role("button", name="Apply choice").click()
    alert = ann.get_by_role("alert")
    expect(alert).to_contain_text("Yours: budget")
    expect(alert).to_contain_text("Theirs: none")
    refused(visit)
    expect(ann.get_by_text("Accepted: no suggestion.")).to_be_visible()
    assert client.get(f"/jobs/{job}/auto-accept").json()["policy"]["kind"] == "none"
    ann.get_by_role("radio", name="within an error budget").check()
    ann.get_by_role("button", name="Apply choice").click()
    expect(ann.get_by_text("within an error budget of 2.0 %").first).to_be_visible()
    expect(alert).to_have_count(0)
    assert client.get(f"/jobs/{job}/auto-accept").json()["policy"]["kind"] == "budget"


def test_two_leads_who_edit_the_same_settings_are_asked(
    visit: Visit, other: Page, client: httpx.Client, tmp_path: Path
) -> None:
    dataset, _ = upload_digits(client, tmp_path)
    job = run_job(client, dataset)
    sign(visit.page, "Ann")
    sign(other, "Ben")
    review_settings(visit, other, client, dataset)
    policies(visit, other, client, job)
