"""A dataset of a folder of the server: choose it, check it, see what changed, take in what is new."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import assert_accessible
from tests.e2e.conftest import Visit
from tests.factories import CLASSES, make_image


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with nine images that the service may read, set before it starts."""
    folder = tmp_path / "root" / "animals"
    for number in range(9):
        path = folder / CLASSES[number % 3] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make_image(number, 64))
    monkeypatch.setenv("MSLG_SOURCE_FOLDERS", f"photos={folder.parent}")
    return folder


def test_a_folder_is_used_in_place(visit: Visit, folder: Path) -> None:
    page = visit.page
    page.goto("/datasets/new")
    page.get_by_role("tab", name="Bucket").click()
    expect(page.get_by_text("MSLG_SOURCE_ENDPOINTS")).to_be_visible()
    page.get_by_role("tab", name="Folder of the server").click()
    page.get_by_label("Dataset name").fill("Animals")
    page.get_by_role("button", name="photos", exact=True).click()
    page.get_by_role("list", name="Folders in it").get_by_role("button", name="animals").click()
    expect(page.get_by_role("navigation", name="Chosen folder")).to_contain_text("animals")
    assert_accessible(page)
    page.get_by_role("button", name="Create and check").click()
    page.get_by_role("button", name="Store these images").click()
    panel = page.get_by_role("region", name="Source")
    expect(panel).to_contain_text("folder:photos/animals", timeout=60_000)

    (folder / "cat" / "0.png").write_bytes(make_image(99, 64))
    (folder / "dog" / "1.png").unlink()
    (folder / "owl" / "new.png").write_bytes(make_image(100, 64))
    panel.get_by_role("button", name="Check the source").click()
    found = page.get_by_role("list", name="What the check found")
    expect(found).to_contain_text("1 new · owl/new.png", timeout=60_000)
    expect(found).to_contain_text("1 changed since they were taken in · cat/0.png")
    expect(found).to_contain_text("1 missing · dog/1.png")
    assert_accessible(page)
    panel.get_by_role("button", name="Look for new images").click()
    page.get_by_role("button", name="Add 1 new image").click(timeout=60_000)
    expect(page.get_by_text("Added 1 image on")).to_be_visible(timeout=60_000)
