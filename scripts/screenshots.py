"""Takes the documentation's screenshots from a running service with a finished job, for example `make demo`
after `scripts/people_at_work.py`.

.venv/bin/python scripts/screenshots.py http://localhost:8000 [FOLDER [dark]]
"""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from cli.demo.data import make_demo_data

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


def suspicious_sample(page: Page, job: dict[str, str]) -> str:
    """The sample whose label is most probably wrong."""
    results = page.request.get(f"/api/v1/jobs/{job['id']}/results?limit=1").json()["items"]
    return str(results[0]["sample_id"])


def pages_of(job: dict[str, str], sample: str) -> dict[str, tuple[str, str]]:
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
        "map": (f"{of_job}/map", "Lasso"),
        "similar": (f"{of_job}/selection?like={sample}", "this image"),
        "images": (f"{of_dataset}/images", "File name or id"),
        "image": (f"/images/{sample}", "Similar verified images"),
        "compare": (f"/jobs/{job['parent_id'] or job['id']}/compare?with={job['id']}", "Compare with"),
    }


def take(browser: Browser, url: str, folder: Path, scheme: ColorScheme) -> None:
    """Write one screenshot per page to `folder`."""
    page = browser.new_page(base_url=url, viewport={"width": 1280, "height": 720}, color_scheme=scheme)
    page.goto("/")
    page.get_by_label("Reviewer").fill("Ada")
    job = newest_job(page)
    for name, (address, text) in pages_of(job, suspicious_sample(page, job)).items():
        page.goto(address)
        page.get_by_text(text).first.wait_for(timeout=WAIT_MS)
        if name in LONG:
            page.evaluate(SCROLL_TO_END)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=folder / f"{name}.png", full_page=name in LONG)
    take_check(page, folder)
    page.close()


def take_check(page: Page, folder: Path) -> None:
    """The check of an upload, of a dataset that is deleted afterwards."""
    with TemporaryDirectory() as temporary:
        archive = Path(temporary, "digits.zip")
        make_demo_data().write_zip(archive)
        page.goto("/datasets/new")
        page.get_by_label("Dataset name").fill("More digits")
        page.get_by_label("Archive file").set_input_files(archive)
        page.get_by_role("button", name="Create and upload").click()
        page.get_by_role("heading", name="Check before storing").wait_for(timeout=WAIT_MS)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / "check.png")
    datasets = page.request.get("/api/v1/datasets").json()["items"]
    checked = next(dataset for dataset in datasets if dataset["name"] == "More digits")
    page.request.delete(f"/api/v1/datasets/{checked['id']}")


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
