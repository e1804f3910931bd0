"""A lead takes back all decisions of one reviewer, after a preview, and restores them."""

from pathlib import Path

import httpx
from playwright.sync_api import expect

from tests.e2e.axe import assert_accessible
from tests.e2e.conftest import Visit
from tests.e2e.steps import upload_digits


def test_one_reviewers_decisions_are_taken_back_and_restored(
    visit: Visit, client: httpx.Client, tmp_path: Path
) -> None:
    page = visit.page
    dataset, _ = upload_digits(client, tmp_path)
    samples = client.get(f"/datasets/{dataset}/samples", params={"limit": 5}).json()["items"]
    for sample in samples:
        for reviewer in ("Ann", "Ben"):
            body = {"verdict": "correct" if reviewer == "Ann" else "unusable", "reviewer": reviewer}
            client.post(f"/samples/{sample['id']}/verifications", json=body).raise_for_status()

    def verdicts() -> set[str]:
        items = client.get(f"/datasets/{dataset}/samples", params={"limit": 5}).json()["items"]
        return {item["verdict"] for item in items}

    page.goto(f"/datasets/{dataset}/activity?reviewer=Ben")
    page.get_by_role("button", name="Take back all that match").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("5 decisions on 5 images would be taken back")
    expect(dialog.get_by_role("list", name="By reviewer")).to_have_text("Ben: 5")
    assert_accessible(page)
    assert verdicts() == {"unusable"}
    dialog.get_by_role("button", name="Take back 5 decisions").click()
    expect(page.get_by_text("5 decisions taken back.")).to_be_visible()
    assert verdicts() == {"correct"}
    page.get_by_role("button", name="Undo: restore all of them").click()
    expect(page.get_by_text("5 decisions taken back.")).to_have_count(0)
    assert verdicts() == {"unusable"}
    for width, height in ((1280, 720), (820, 1180), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert_accessible(page)
