"""One user's path through the built web UI, from an empty service to the exported dataset."""

import csv
from pathlib import Path

import httpx
from playwright.sync_api import Locator, Page, expect

from cli.demo.data import make_demo_data
from tests.e2e.conftest import Visit

TRAINING_MS = 180_000


def upload_dataset(page: Page, archive: Path) -> None:
    """Create a dataset on the first page, confirm the check and wait for its ingest."""
    page.goto("/")
    expect(page.get_by_role("heading", name="Find and fix wrong labels")).to_be_visible()
    page.get_by_label("Dataset name").fill("Digits")
    page.get_by_label("Archive file").set_input_files(archive)
    page.get_by_role("button", name="Create and upload").click()
    page.get_by_role("button", name="Store these images").click(timeout=60_000)
    expect(page.get_by_text("1,797 images")).to_be_visible(timeout=60_000)


def verify(page: Page, verified: Path) -> None:
    """Upload verified labels; a file with an invalid line is refused, naming the line."""
    wrong = verified.with_name("wrong.csv")
    wrong.write_text("file_name,label\nno-such-file.png,3\n")
    page.get_by_label("Upload verified labels").set_input_files(wrong)
    expect(page.get_by_text("no-such-file.png").first).to_be_visible()
    expect(page.get_by_role("button", name="Launch job")).to_be_disabled()
    page.get_by_label("Upload verified labels").set_input_files(verified)
    expect(page.get_by_text("100 verified labels added")).to_be_visible()


def run_job(page: Page) -> None:
    """Launch a short job and wait for its results."""
    page.get_by_text("Advanced settings").click()
    page.get_by_label("Epochs", exact=True).fill("4")
    page.get_by_label("Warm-up epochs").fill("3")
    page.get_by_role("button", name="Launch job").click()
    expect(page.get_by_role("link", name="Start review")).to_be_visible(timeout=TRAINING_MS)
    page.get_by_role("tab", name="Classes").click()
    expect(page.get_by_text("Given label by suggestion")).to_be_visible()
    page.get_by_role("tab", name="Overview").click()


def counter(page: Page, name: str) -> Locator:
    """Value of one of the review page's counters."""
    return page.get_by_role("region", name="Progress").locator(f"dt:text-is('{name}') + dd")


def name_of_image(page: Page) -> str:
    """File name of the shown image."""
    alt = page.get_by_role("img", name="Sample ").get_attribute("alt")
    assert alt
    return alt.removeprefix("Sample ")


def review(page: Page) -> dict[str, str]:
    """Decide on four images by key and undo one; returns the verdicts by file name."""
    page.get_by_role("link", name="Start review").click()
    expect(page.get_by_role("button", name="Keep given label")).to_be_visible()
    expect(counter(page, "Reviewed")).to_have_text("0")
    verdicts: dict[str, str] = {}
    for key, verdict in (("a", "correct"), ("x", "unusable"), ("s", "suggestion"), ("u", "unsure")):
        name = name_of_image(page)
        page.keyboard.press(key)
        expect(page.get_by_alt_text(f"Sample {name}")).to_have_count(0)
        verdicts[name] = verdict
    undone = list(verdicts)[-1]
    page.keyboard.press("Backspace")
    expect(page.get_by_alt_text(f"Sample {undone}")).to_be_visible()
    del verdicts[undone]
    expect(page.get_by_text("All saved")).to_be_visible()
    expect(counter(page, "Reviewed")).to_have_text("3")
    page.get_by_label("Reviewer name").fill("axu")  # shortcuts are off while typing
    expect(counter(page, "Reviewed")).to_have_text("3")
    return verdicts


def download(page: Page, folder: Path) -> list[dict[str, str]]:
    """Export as CSV from the job's page and read the file."""
    page.go_back()
    expect(page.get_by_text("features: patches of the images")).to_be_visible()
    page.get_by_role("tab", name="Accept and export").click()
    page.get_by_role("button", name="Export CSV").click()
    with page.expect_download() as event:
        page.get_by_role("link", name="Download CSV").click()
    path = folder / event.value.suggested_filename
    event.value.save_as(path)
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_from_upload_to_download(visit: Visit, service: str, tmp_path: Path) -> None:
    data = make_demo_data()
    data.write_zip(tmp_path / "digits.zip")
    (tmp_path / "verified.csv").write_text(data.verified_csv())
    page = visit.page
    upload_dataset(page, tmp_path / "digits.zip")
    verify(page, tmp_path / "verified.csv")
    assert len(visit.problems) == 1, visit.problems  # the browser's log entry for the refused file
    assert "422" in visit.problems.pop()
    run_job(page)
    verdicts = review(page)
    rows = {row["file_name"]: row for row in download(page, tmp_path)}
    assert set(rows) == set(data.file_names)
    for name, verdict in verdicts.items():
        row = rows[name]
        settled = {"correct": row["given_label"], "suggestion": row["predicted_label"], "unusable": ""}
        assert (row["corrected_label"], row["corrected_by"]) == (settled[verdict], "person")
    jobs = httpx.get(f"{service}/api/v1/jobs").json()["items"]
    assert [job["status"] for job in jobs] == ["succeeded"]


def test_unknown_addresses_and_a_reload_stay_in_the_ui(visit: Visit) -> None:
    visit.page.goto("/jobs/00000000-0000-0000-0000-000000000000")
    expect(visit.page.get_by_role("alert")).to_be_visible()
    visit.page.wait_for_load_state("networkidle")  # several requests of the page fail
    assert all("404" in problem for problem in visit.problems)
    visit.problems.clear()
    visit.page.goto("/no/such/page")
    expect(visit.page.get_by_role("link", name="Datasets").first).to_be_visible()
