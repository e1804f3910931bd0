"""Verified images beside a dataset, added in the browser."""

import io
import zipfile
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import expect

from cli.demo.data import make_demo_data
from tests.e2e.conftest import Visit
from tests.e2e.steps import upload_digits


def write_clean_images(path: Path) -> None:
    """A zip of 30 blank digits in class folders."""
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(30):
            buffer = io.BytesIO()
            Image.new("L", (8, 8), 8 * number).save(buffer, "png")
            archive.writestr(f"{number % 10}/clean-{number}.png", buffer.getvalue())


def test_verified_images_are_added_and_counted(visit: Visit, client: httpx.Client, tmp_path: Path) -> None:
    dataset, _ = upload_digits(client, tmp_path)
    write_clean_images(tmp_path / "clean.zip")
    page = visit.page
    page.goto(f"/datasets/{dataset}")
    page.get_by_label("Upload verified images").set_input_files(tmp_path / "clean.zip")
    expect(page.get_by_text("30 verified images beside the dataset.")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("30 images of them came without a given label.")).to_be_visible()
    expect(page.get_by_text(f"{len(make_demo_data().file_names):,} images")).to_be_visible()
