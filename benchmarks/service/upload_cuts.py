"""How an upload fares on a connection that breaks ten times, and in a page that is closed once.

    python -m benchmarks.service.upload_cuts --json

Sends an archive of 1 GB from Chromium to the real service through a proxy that resets the connection after
every eleventh of the file. Halfway, the page is closed, and another one goes on with the same file. Prints
whether the service has the same bytes, and the share of them that travelled twice.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

from benchmarks.service.cutting_proxy import CuttingProxy, proxying
from benchmarks.speed.services import API, migrate, serving

MEGABYTE = 1_000_000
MEMBER_BYTES = 10 * MEGABYTE
RATE = 100.0 * MEGABYTE
WAIT_MS = 600_000
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu"]


def write_archive(path: Path, size: int) -> str:
    """An archive of about `size` bytes that cannot be packed any further; returns its SHA-256."""
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(max(2, size // MEMBER_BYTES)):
            archive.writestr(f"{'cat' if number % 2 else 'dog'}/{number}.png", os.urandom(MEMBER_BYTES))
    return digest(path)


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def send(context: BrowserContext, archive: Path) -> None:
    """Upload the archive; close the page halfway, and go on in another one."""
    page = context.new_page()
    page.goto("/datasets/new")
    page.get_by_label("Archive file").set_input_files(archive)
    page.get_by_role("button", name="Create and upload").click()
    tray = tray_of(page)
    tray.get_by_text(re.compile("^[5-9][0-9] % of")).wait_for(timeout=WAIT_MS)
    page.close()
    page = context.new_page()
    page.goto("/")
    tray = tray_of(page)
    tray.get_by_label("Choose the file again").set_input_files(archive, timeout=WAIT_MS)
    tray.get_by_text("Complete").wait_for(timeout=WAIT_MS)


def tray_of(page: Page) -> Any:
    """The list of uploads."""
    return page.get_by_role("region", name="Uploads")


def measure(folder: Path, size: int, num_cuts: int) -> dict[str, Any]:
    """Send an archive of `size` bytes over a connection that is cut `num_cuts` times."""
    archive, data_dir = folder / "pets.zip", folder / "data"
    sha256 = write_archive(archive, size)
    size = archive.stat().st_size
    cuts = [size * number // (num_cuts + 1) for number in range(1, num_cuts + 1)]
    migrate(data_dir)
    with serving(API, data_dir) as service:
        service.wait_until_up()
        port = service.client.base_url.port or 80
        began = time.perf_counter()
        with proxying(port, cuts, RATE) as proxy:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
                with browser.new_context(base_url=f"http://127.0.0.1:{proxy.port}") as context:
                    send(context, archive)
                browser.close()
            seconds = time.perf_counter() - began
    [stored] = (data_dir / "blobs/datasets").glob("*/archives/*")
    return describe(proxy, size, seconds) | {"byte_equal": digest(stored) == sha256}


def describe(proxy: CuttingProxy, size: int, seconds: float) -> dict[str, Any]:
    """Bytes sent more than once include the headers of all requests of the pages."""
    return {
        "bytes": size,
        "cuts": proxy.num_cuts,
        "closed_pages": 1,
        "sent_twice": round(proxy.bytes_in / size - 1, 4),
        "seconds": round(seconds, 1),
    }


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Upload from a browser over a connection that breaks.")
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--cuts", type=int, default=10)
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mslg-") as folder:
        figures = measure(Path(folder), options.megabytes * MEGABYTE, options.cuts)
    if options.json:
        json.dump(figures, sys.stdout, indent=2)
        print()
    else:
        print(", ".join(f"{name}: {value}" for name, value in figures.items()))
    if not figures["byte_equal"]:
        raise SystemExit("The service has other bytes than the browser sent.")


if __name__ == "__main__":
    main()
