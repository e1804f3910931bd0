"""The present version is named, compared after a few decisions, and exported."""

from pathlib import Path

import httpx
from playwright.sync_api import expect

from tests.e2e.axe import assert_accessible
from tests.e2e.conftest import Visit
from tests.e2e.steps import upload_digits


def test_a_version_is_named_compared_and_exported(visit: Visit, client: httpx.Client, tmp_path: Path) -> None:
    page = visit.page
    dataset, _ = upload_digits(client, tmp_path)
    page.goto(f"/datasets/{dataset}/versions")
    page.get_by_label("Name", exact=True).fill("gold")
    page.get_by_label("Description").fill("before the review")
    page.get_by_role("button", name="Name this version").click()
    row = page.get_by_role("list", name="Versions").get_by_role("listitem")
    expect(row).to_contain_text("before the review")
    expect(page.get_by_role("button", name="Compare gold")).to_be_visible(timeout=30_000)

    samples = client.get(f"/datasets/{dataset}/samples", params={"limit": 2}).json()["items"]
    client.post(f"/samples/{samples[0]['id']}/comments", json={"text": "smudged"}).raise_for_status()
    for sample, reviewer in zip(samples, ("Ann", "Ben"), strict=True):
        body = {"verdict": "unusable", "reviewer": reviewer}
        client.post(f"/samples/{sample['id']}/verifications", json=body).raise_for_status()
    page.get_by_role("button", name="Compare gold").click()
    table = page.get_by_role("table")
    expect(table.get_by_role("row")).to_have_count(3, timeout=30_000)
    expect(table).to_contain_text("smudged")
    page.get_by_label("Decided by").select_option("Ben")
    expect(table.get_by_role("row")).to_have_count(2)
    assert "reviewer=Ben" in page.url
    assert_accessible(page)

    page.get_by_role("button", name="Export gold").click()
    page.get_by_role("checkbox", name="who decided, and when").uncheck()
    page.get_by_role("button", name="Export CSV").click()
    expect(page.get_by_role("list", name="Exports")).to_contain_text("without reviewers", timeout=30_000)
    with page.expect_download(timeout=30_000) as download:
        page.get_by_role("link", name="Download CSV").click()
    assert download.value.suggested_filename == "Digits-gold.csv"
