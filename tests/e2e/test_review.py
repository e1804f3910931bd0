"""Review by keyboard, from an empty verified set to the export; and two reviewers at once."""

import csv
import io
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import assert_accessible
from tests.e2e.conftest import Visit
from tests.e2e.steps import (
    Truth,
    answer,
    press_by_keyboard,
    run_job,
    saved,
    settled_label,
    shown,
    shown_name,
    tab_to,
    upload_digits,
    wait_for,
)

MAX_TO_VERIFY = 120
REVIEWED = 50
BULK = 6


def build_verified_set(page: Page, client: httpx.Client, dataset: str, truth: Truth) -> None:
    """Verify served images until a job can start."""
    page.goto(f"/datasets/{dataset}/verify")
    for _ in range(MAX_TO_VERIFY):
        expect(shown(page)).to_be_visible()
        answer(page, truth)
        if client.get(f"/datasets/{dataset}/verified-set").json()["ready"]:
            break
    saved(page)
    assert client.get(f"/datasets/{dataset}/verified-set").json()["ready"]


def launch(page: Page, client: httpx.Client, dataset: str) -> str:
    """Launch a job from the dataset page; returns its id."""
    press_by_keyboard(page, "link", "Launch a job")
    press_by_keyboard(page, "button", "Launch job")
    expect(page.get_by_role("link", name="Start review")).to_be_visible(timeout=120_000)
    (job,) = client.get("/jobs", params={"dataset_id": dataset}).json()["items"]
    wait_for(client, f"/jobs/{job['id']}", "status", "succeeded")
    return str(job["id"])


def review(page: Page, truth: Truth) -> set[str]:
    """Decide on fifty images and undo two; returns the names of the others."""
    press_by_keyboard(page, "link", "Start review")
    expect(shown(page)).to_be_visible()
    settled = []
    for _ in range(REVIEWED):
        expect(shown(page)).to_be_visible()
        settled.append(answer(page, truth))
    for _ in range(2):
        page.keyboard.press("Backspace")
        expect(page.get_by_alt_text(f"Sample {settled.pop()}", exact=True)).to_be_visible()
    saved(page)
    assert len(set(settled)) == REVIEWED - 2
    return set(settled)


def undo_after_a_reload(page: Page, client: httpx.Client, dataset: str, settled: set[str]) -> None:
    """Undo a decision of an earlier visit."""
    address = f"/datasets/{dataset}/verifications"
    newest = client.get(address, params={"limit": 50}).json()["items"]
    active = next(row for row in newest if not row["withdrawn"] and row["verdict"] != "withdrawn")
    page.reload()
    expect(shown(page)).to_be_visible()
    page.keyboard.press("Backspace")
    expect(page.get_by_alt_text(f"Sample {active['file_name']}", exact=True)).to_be_visible()
    expect(page.get_by_role("status", name="Latest decision")).to_contain_text("Undone")
    assert client.get(f"/samples/{active['sample_id']}").json()["verdict"] is None
    settled.remove(active["file_name"])


def relabel_in_bulk(page: Page, client: httpx.Client, job: str) -> list[str]:
    """Select images of the grid with Shift and arrows, assign class 7, undo, and assign it again."""
    page.goto(f"/jobs/{job}/grid?reviewed=false")
    grid = page.get_by_role("grid", name="Images of the ranking")
    expect(grid.locator("[data-sample]").first).to_be_visible()
    tab_to(page, lambda: bool(grid.evaluate("element => element === document.activeElement")))
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    for _ in range(BULK - 1):
        page.keyboard.press("Shift+ArrowRight")
    tiles = grid.locator("[aria-selected=true]")
    expect(tiles).to_have_count(BULK)
    ids = [tile.get_attribute("data-sample") or "" for tile in tiles.all()]
    page.keyboard.press("8")  # the eighth class: "7"
    saved(page)
    assert {settled_label(client, sample) for sample in ids} == {"7"}
    page.keyboard.press("Backspace")
    saved(page)
    assert {settled_label(client, sample) for sample in ids} == {None}
    for position in range(BULK):
        page.keyboard.press("Shift+ArrowLeft" if position else "Space")
    page.keyboard.press("8")
    saved(page)
    return [client.get(f"/samples/{sample}").json()["file_name"] for sample in ids]


def accept_and_undo(page: Page, client: httpx.Client, job: str) -> None:
    """Accept suggestions within the budget, undo, and accept them again."""
    address = f"/jobs/{job}/auto-accept"
    before = client.get(address).json()
    page.goto(f"/jobs/{job}?tab=accept")
    expect(page.get_by_text("Nobody has chosen yet")).to_be_visible()
    page.get_by_role("radio", name="within an error budget").check()
    expect(page.get_by_text("Suggestions to accept", exact=True)).to_be_visible()
    press_by_keyboard(page, "button", "Apply choice")
    assert wait_for(client, address, "source", "budget")["num_samples"] > 0
    expect(page.get_by_text("within an error budget of 2.0 %")).to_be_visible()
    press_by_keyboard(page, "button", "Undo choice")
    expect(page.get_by_text("Nobody has chosen yet")).to_be_visible()
    undone = client.get(address).json()
    assert (undone["source"], undone["num_samples"]) == (before["source"], before["num_samples"])
    page.get_by_role("radio", name="within an error budget").check()
    press_by_keyboard(page, "button", "Apply choice")
    wait_for(client, address, "source", "budget")


def export(page: Page) -> dict[str, dict[str, str]]:
    """Export and download the corrected labels; returns the rows by file name."""
    press_by_keyboard(page, "button", "Export CSV")
    expect(page.get_by_role("link", name="Download CSV")).to_be_visible(timeout=60_000)
    with page.expect_download() as event:
        press_by_keyboard(page, "link", "Download CSV")
    rows = csv.DictReader(io.StringIO(event.value.path().read_text()))
    return {row["file_name"]: row for row in rows}


def test_from_nothing_to_the_corrected_dataset_by_keyboard(
    visit: Visit, client: httpx.Client, tmp_path: Path
) -> None:
    page = visit.page
    dataset, truth = upload_digits(client, tmp_path)
    build_verified_set(page, client, dataset, truth)
    job = launch(page, client, dataset)
    settled = review(page, truth)
    undo_after_a_reload(page, client, dataset, settled)
    relabelled = relabel_in_bulk(page, client, job)
    accept_and_undo(page, client, job)
    rows = export(page)
    assert set(rows) == set(truth)
    for name in settled:
        assert (rows[name]["corrected_label"], rows[name]["corrected_by"]) == (truth[name], "person")
    assert {rows[name]["corrected_label"] for name in relabelled} == {"7"}
    by = Counter(row["corrected_by"] for row in rows.values())
    assert by["model"] == client.get(f"/jobs/{job}/auto-accept").json()["num_samples"]


def answer_some(page: Page, truth: Truth, count: int) -> list[str]:
    return [answer(page, truth) for _ in range(count)]


def test_two_reviewers_are_never_shown_the_same_image(
    visit: Visit, browser: Browser, service: str, client: httpx.Client, tmp_path: Path
) -> None:
    dataset, truth = upload_digits(client, tmp_path)
    job = run_job(client, dataset)
    other = browser.new_context(base_url=service).new_page()
    people = {"Ann": visit.page, "Ben": other}
    for name, page in people.items():
        page.goto("/")
        page.get_by_label("Reviewer").fill(name)
        page.goto(f"/jobs/{job}/review")
        expect(shown(page)).to_be_visible()
    assert shown_name(visit.page) != shown_name(other)
    seen: dict[str, list[str]] = {name: [] for name in people}
    for _ in range(6):
        for name, page in people.items():
            seen[name] += answer_some(page, truth, 2)
    for page in people.values():
        saved(page)
    other.context.close()
    assert not set(seen["Ann"]) & set(seen["Ben"])
    rows = client.get(f"/datasets/{dataset}/verifications", params={"source": "review"}).json()["items"]
    assert Counter((row["reviewer"], row["file_name"]) for row in rows) == Counter(
        (name, file_name) for name, names in seen.items() for file_name in names
    )


PAGES = ["/datasets/{d}", "/datasets/{d}/verify", "/datasets/{d}/team", "/datasets/{d}/activity"]
PAGES += ["/jobs/{j}", "/jobs/{j}?tab=classes", "/jobs/{j}?tab=accept", "/jobs/{j}?tab=training"]
PAGES += ["/jobs/{j}/review", "/jobs/{j}/grid", "/jobs/{j}/compare"]


def test_every_page_meets_the_accessibility_guidelines(
    visit: Visit, client: httpx.Client, tmp_path: Path
) -> None:
    dataset, _ = upload_digits(client, tmp_path)
    job = run_job(client, dataset)
    for scheme in ("light", "dark"):
        visit.page.emulate_media(color_scheme=as_scheme(scheme))
        for address in ["/", "/datasets/new", *(a.format(d=dataset, j=job) for a in PAGES)]:
            visit.page.goto(address)
            visit.page.wait_for_load_state("networkidle")
            assert_accessible(visit.page)


def as_scheme(name: str) -> Any:
    """Cast for Playwright, whose colour schemes are a literal type."""
    return name
