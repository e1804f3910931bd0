"""The check of an upload shows what was understood; a person corrects it before anything is stored."""

from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from tests.e2e.axe import assert_accessible
from tests.e2e.conftest import Visit
from tests.factories import make_image
from tests.worker.archives import pack

FOLDERS = {"cat": 3, "Cat ": 1, "dog": 2, "test": 1}


def upload(page: Page, path: Path) -> None:
    """Upload an archive on the first page and wait for its check."""
    files = {
        f"{folder}/{n}.png": make_image(10 * number + n)
        for number, (folder, count) in enumerate(FOLDERS.items())
        for n in range(count)
    }
    table = "file_name,label\n" + "".join(f"{name},all\n" for name in list(files)[:2])
    path.write_bytes(pack({**files, "few.csv": table.encode()}))
    page.goto("/")
    page.get_by_label("Dataset name").fill("Pets")
    page.get_by_label("Archive file").set_input_files(path)
    page.get_by_role("button", name="Create and upload").click()
    expect(page.get_by_role("heading", name="Check before storing")).to_be_visible(timeout=60_000)


def test_a_person_merges_and_leaves_out_before_anything_is_stored(
    visit: Visit, client: httpx.Client, tmp_path: Path
) -> None:
    page = visit.page
    upload(page, tmp_path / "pets.zip")
    expect(page.get_by_text("Recognised as class folders · 6 images in 3 classes")).to_be_visible()
    expect(page.get_by_role("region", name="Left out")).to_contain_text("the name of a split")
    expect(page.get_by_role("region", name="How it was read")).to_contain_text("few.csv names only 2 of them")
    assert_accessible(page)
    (dataset,) = client.get("/datasets").json()["items"]
    assert (dataset["num_samples"], dataset["status"]) == (0, "empty")
    page.get_by_role("list", name="Classes with similar names").get_by_role("button", name="Merge").click()
    expect(page.get_by_label('Name of class "Cat "')).to_have_value("cat")
    page.get_by_label('Name of class "dog"').fill("hound")
    page.get_by_role("button", name="Store these images").click()
    expect(page.get_by_text("6 images · 2 classes")).to_be_visible(timeout=60_000)
    assert client.get(f"/datasets/{dataset['id']}").json()["classes"] == ["cat", "hound"]
    list_problems(page, tmp_path / "verified.csv")
    assert len(visit.problems) == 1, visit.problems  # the browser's log entry for the refused file
    assert "422" in visit.problems.pop()


def list_problems(page: Page, table: Path) -> None:
    """Upload a table of verified labels with three bad lines, then a good one under other names."""
    table.write_text("File;Class\ncat/0.png;cat\nnobody.png;cat\ncat/1.png;Cat\n;cat\n")
    page.get_by_label("Upload verified labels").set_input_files(table)
    problems = page.get_by_role("alert").get_by_role("listitem")
    expect(problems).to_have_count(3)
    expect(problems.nth(0)).to_contain_text("Line 3")
    expect(problems.nth(1)).to_contain_text("Did you mean 'cat'?")
    expect(problems.nth(2)).to_contain_text("fill in file_name or id")
    table.write_text("File;Class\ncat/0.png;cat\n")
    page.get_by_label("Upload verified labels").set_input_files(table)
    expect(page.get_by_role("list", name="How the table was read")).to_contain_text("semicolons")


def test_another_source_of_labels_is_chosen_and_a_bad_one_leads_back(
    visit: Visit, client: httpx.Client, tmp_path: Path
) -> None:
    page = visit.page
    upload(page, tmp_path / "pets.zip")
    page.get_by_label("Labels from").select_option("few.csv")
    expect(page.get_by_role("alert")).to_contain_text("Every image has the label 'all'", timeout=60_000)
    page.get_by_role("button", name="Back to the check").click()
    page.get_by_label('Leave out class "Cat "').check(timeout=60_000)
    page.get_by_role("button", name="Store these images").click()
    expect(page.get_by_text("5 images · 2 classes")).to_be_visible(timeout=60_000)
