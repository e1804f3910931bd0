"""Takes the README's pictures from a running service that has a finished job, such as `make demo`'s.

.venv/bin/python scripts/screenshots.py http://localhost:8000
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).parent.parent / "docs" / "images"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
WAIT_MS = 20_000


def newest_job(page: Page) -> dict[str, str]:
    """The newest job that succeeded. Raises `SystemExit` when there is none."""
    jobs: list[dict[str, str]] = page.request.get("/api/v1/jobs").json()["items"]
    finished = [job for job in jobs if job["status"] == "succeeded"]
    if not finished:
        raise SystemExit("No job has succeeded there yet.")
    return finished[0]


def pages_of(job: dict[str, str]) -> dict[str, tuple[str, str]]:
    """By name of the picture: address, and a text that shows when the page is complete."""
    return {
        "datasets": ("/", "All datasets"),
        "new-dataset": ("/datasets/new", "Accepted layouts"),
        "dataset": (f"/datasets/{job['dataset_id']}", "Verified set"),
        "verify": (f"/datasets/{job['dataset_id']}/verify", "Unusable"),
        "job": (f"/jobs/{job['id']}", "Given label by suggestion"),
        "review": (f"/jobs/{job['id']}/review?reviewed=false", "Unusable"),
    }


def main(url: str, folder: Path) -> None:
    """Write one picture per page into `folder`."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(base_url=url, viewport={"width": 1280, "height": 720})
        for name, (address, text) in pages_of(newest_job(page)).items():
            page.goto(address)
            page.get_by_text(text).first.wait_for(timeout=WAIT_MS)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=folder / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else IMAGES)
