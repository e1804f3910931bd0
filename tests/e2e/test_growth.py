"""More images for a dataset: the check, the addition, and the results of the job before."""

import io
import re
import zipfile
from pathlib import Path

import httpx
from playwright.sync_api import expect

from tests.e2e.axe import assert_accessible
from tests.e2e.conftest import Visit
from tests.e2e.test_issues import Job, job
from tests.factories import make_image

__all__ = ["job"]  # the fixture


def archive(path: Path) -> Path:
    """Two images that the dataset has, one of them different, and two new ones, one of a new class."""
    files = {"cat/00.png": 0, "dog/01.png": 300, "cat/new.png": 301, "wolf/new.png": 302}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, seed in files.items():
            file.writestr(name, make_image(seed))
    path.write_bytes(buffer.getvalue())
    return path


def test_a_dataset_grows(visit: Visit, client: httpx.Client, job: Job, tmp_path: Path) -> None:
    page = visit.page
    dataset = client.get(f"/jobs/{job.id}").json()["dataset_id"]
    before = client.get(f"/jobs/{job.id}/results", params={"limit": 100}).json()
    page.goto(f"/datasets/{dataset}")
    page.get_by_label("Choose an archive to add").set_input_files(archive(tmp_path / "more.zip"))
    counts = page.get_by_role("list", name="What the archive holds")
    expect(counts).to_contain_text("2 new · cat/new.png, wolf/new.png", timeout=60_000)
    expect(counts).to_contain_text("1 there already, but different · dog/01.png")
    expect(page.get_by_text("1 new class: wolf")).to_be_visible()
    assert_accessible(page)
    assert client.get(f"/datasets/{dataset}").json()["num_samples"] == 12

    page.get_by_role("button", name="Add 2 new images").click()
    expect(page.get_by_text(re.compile("Added 2 images on"))).to_be_visible(timeout=60_000)
    row = client.get(f"/datasets/{dataset}").json()
    assert (row["num_samples"], row["classes"]) == (14, ["cat", "dog", "fox", "wolf"])
    for item in before["items"]:
        item["soft_label"].append(0.0)  # of the class that joined after the job
    assert client.get(f"/jobs/{job.id}/results", params={"limit": 100}).json() == before
    for address in (
        f"/jobs/{job.id}",
        f"/jobs/{job.id}/grid",
        f"/jobs/{job.id}/review",
        f"/datasets/{dataset}",
    ):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
