"""Takes the documentation's screenshots from a running service with a finished job, for example `make demo`
after `scripts/people_at_work.py`.

.venv/bin/python scripts/screenshots.py http://localhost:8000 [FOLDER [dark]]
"""

import shutil
import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

ColorScheme = Literal["light", "dark"]
IMAGES = Path(__file__).parent.parent / "docs" / "images"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--no-first-run",
]
LONG = ("dataset", "job")
"""Pages captured at full height."""
SCROLL_TO_END = "window.scrollTo(0, document.body.scrollHeight)"
"""Triggers the loading of lazy images."""
WAIT_MS = 20_000


def newest_job(page: Page) -> dict[str, str]:
    """The latest successful job. Raises `SystemExit` if there is none."""
    jobs: list[dict[str, str]] = page.request.get("/api/v1/jobs").json()["items"]
    finished = [job for job in jobs if job["status"] == "succeeded"]
    if not finished:
        raise SystemExit("The service has no successful job.")
    return finished[0]


def pages_of(job: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Address by screenshot name, with a text that appears once the page is complete."""
    of_dataset, of_job = f"/datasets/{job['dataset_id']}", f"/jobs/{job['id']}"
    return {
        "datasets": ("/", "All datasets"),
        "new-dataset": ("/datasets/new", "Accepted layouts"),
        "dataset": (of_dataset, "Verified set"),
        "verify": (f"{of_dataset}/verify", "Unusable"),
        "team": (f"{of_dataset}/team", "Agreement"),
        "activity": (f"{of_dataset}/activity", "Activity"),
        "job": (of_job, "Accuracy on the hold-out"),
        "review": (f"{of_job}/review", "Unusable"),
        "grid": (f"{of_job}/grid", "Label errors"),
        "compare": (f"/jobs/{job['parent_id'] or job['id']}/compare?with={job['id']}", "Compare with"),
    }


def take(browser: Browser, url: str, folder: Path, scheme: ColorScheme) -> None:
    """Write one screenshot per page to `folder`."""
    page = browser.new_page(base_url=url, viewport={"width": 1280, "height": 720}, color_scheme=scheme)
    page.goto("/")
    page.get_by_label("Reviewer").fill("Ada")
    for name, (address, text) in pages_of(newest_job(page)).items():
        page.goto(address)
        page.get_by_text(text).first.wait_for(timeout=WAIT_MS)
        if name in LONG:
            page.evaluate(SCROLL_TO_END)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=folder / f"{name}.png", full_page=name in LONG)
    page.close()


def main(url: str, folder: Path, scheme: ColorScheme = "light") -> None:
    """Write all screenshots to `folder`, in the light or dark theme."""
    folder.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        take(browser, url, folder, scheme)
        browser.close()


if __name__ == "__main__":
    main(
        sys.argv[1],
        Path(sys.argv[2]) if len(sys.argv) > 2 else IMAGES,
        "dark" if "dark" in sys.argv[3:] else "light",
    )
