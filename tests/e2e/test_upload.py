"""An upload survives cut connections, other pages and a closed page; what arrives is byte-equal. A file of
another kind is refused at once, and folders can be chosen.
"""

import hashlib
import os
import re
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Browser, Page, expect

from benchmarks.service.cutting_proxy import proxying
from tests.e2e.axe import assert_accessible
from tests.e2e.conftest import PATIENCE_MS, Visit
from tests.e2e.steps import wait_for
from tests.factories import make_image

MEGABYTE = 1_000_000
CUTS = [2 * MEGABYTE, 5 * MEGABYTE, 9 * MEGABYTE, 18 * MEGABYTE, 22 * MEGABYTE]
RATE = 4.0 * MEGABYTE


def write_archive(path: Path) -> str:
    """An archive of 24 MB that is read without unpacking its images; returns its SHA-256."""
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(24):
            archive.writestr(f"{'cat' if number % 2 else 'dog'}/{number}.png", os.urandom(MEGABYTE))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def begin(page: Page, path: Path, name: str) -> None:
    """Choose an archive for a new dataset."""
    page.goto("/datasets/new")
    page.get_by_label("Archive file").set_input_files(path)
    page.get_by_label("Dataset name").fill(name)
    page.get_by_role("button", name="Create and upload").click()


def test_an_upload_survives_cuts_and_a_closed_page(
    browser: Browser, service: str, client: httpx.Client, tmp_path: Path
) -> None:
    sha256 = write_archive(tmp_path / "pets.zip")
    with proxying(urlsplit(service).port or 80, CUTS, RATE) as proxy:
        context = browser.new_context(base_url=f"http://127.0.0.1:{proxy.port}")
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        begin(page, tmp_path / "pets.zip", "Pets")
        page.get_by_role("link", name="Datasets", exact=True).first.click()
        expect(page).to_have_url(re.compile("/$"))
        tray = page.get_by_role("region", name="Uploads")
        expect(tray.get_by_text(re.compile("^[45][0-9] % of "))).to_be_visible(timeout=PATIENCE_MS)
        assert_accessible(page)
        assert client.get("/datasets").json()["items"] == []
        page.close()

        page = context.new_page()
        page.goto("/")
        tray = page.get_by_role("region", name="Uploads")
        # Less than was shown before: what was on the way is lost.
        expect(tray.get_by_text(re.compile("^Stopped at [1-5][0-9] % of "))).to_be_visible(
            timeout=PATIENCE_MS
        )
        assert_accessible(page)
        tray.get_by_label("Choose the file again").set_input_files(tmp_path / "pets.zip")
        tray.get_by_role("link", name="Open").click(timeout=PATIENCE_MS)
        expect(page.get_by_role("heading", name="Check before storing")).to_be_visible(timeout=PATIENCE_MS)
        assert proxy.num_cuts == len(CUTS)
        context.close()
    [archive] = (tmp_path / "data/blobs/datasets").glob("*/archives/*")
    assert hashlib.sha256(archive.read_bytes()).hexdigest() == sha256
    assert list((tmp_path / "data/blobs/uploads").iterdir()) == []


def test_a_file_of_another_kind_is_refused_before_it_travels(
    visit: Visit, client: httpx.Client, tmp_path: Path
) -> None:
    (tmp_path / "film.zip").write_bytes(b"\x00\x00\x00\x20ftypisom" + os.urandom(4 * MEGABYTE))
    page = visit.page
    begin(page, tmp_path / "film.zip", "Film")
    expect(page.get_by_text(re.compile("The file is not an archive: upload a .zip"))).to_be_visible()
    expect(page.get_by_role("region", name="Uploads")).to_have_count(0)
    assert client.get("/datasets").json()["items"] == []
    assert len(visit.problems) == 1, visit.problems  # the browser's log entry for the refused request
    visit.problems.clear()


def test_a_folder_is_chosen(visit: Visit, client: httpx.Client, tmp_path: Path) -> None:
    for number, name in enumerate(("cat", "dog") * 3):
        folder = tmp_path / "pets" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}.png").write_bytes(make_image(number))
    page = visit.page
    page.goto("/datasets/new")
    page.get_by_label("Choose a folder").set_input_files(tmp_path / "pets")
    expect(page.get_by_label("Dataset name")).to_have_value("pets")
    page.get_by_role("button", name="Create and upload").click()
    expect(page.get_by_text("Recognised as class folders · 6 images in 2 classes")).to_be_visible()
    page.get_by_role("button", name="Store these images").click()
    [dataset] = client.get("/datasets").json()["items"]
    assert wait_for(client, f"/datasets/{dataset['id']}", "status", "ready")["classes"] == ["cat", "dog"]
