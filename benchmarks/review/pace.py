"""Decisions per minute that the review page can take, and how many of them are saved.

    python -m benchmarks.review.pace http://127.0.0.1:8000 --json

Chromium reviews the newest finished job of a running service by keyboard, as a reviewer of its own. It
presses the next key as soon as the next image is on the screen. The time ends when the page reports that all
is saved; the decisions are then read back by REST, compared with the keys, and taken back.
"""

import argparse
import json
import shutil
import time
from dataclasses import asdict, dataclass
from itertools import cycle
from typing import Any
from uuid import uuid4

from playwright.sync_api import Page, sync_playwright

from benchmarks.review.next_image import FLAGS

DECISIONS = 300
SETTLED = {"a": "correct", "x": "unusable"}
"""Key -> verdict. Keys that need no suggestion, so that the verdict is known beforehand."""

NEXT_IMAGE = """
last => {
  const image = document.querySelector('img[alt^="Sample "]');
  if (!image?.complete || image.naturalWidth === 0) return null;
  if (!image.checkVisibility({ visibilityProperty: true })) return null;
  const sample = image.src.split('/samples/')[1].split('/')[0];
  return sample === last ? null : sample;
}
"""
"""The sample on the screen, once it is another than `last`."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What a scripted reviewer reached. `saved` counts decisions that REST reports as pressed."""

    decisions: int
    saved: int
    seconds: float
    per_minute: float


def measure(page: Page, count: int) -> Pace:
    """Review `count` images of the newest finished job, read the decisions back, and take them back.

    Raises:
        SystemExit: the service has no finished job.
    """
    jobs = page.request.get("/api/v1/jobs").json()["items"]
    job = next((job for job in jobs if job["status"] == "succeeded"), None)
    if job is None:
        raise SystemExit("The service has no finished job yet.")
    reviewer = f"pace {uuid4().hex[:8]}"
    page.goto("/")
    page.get_by_label("Reviewer").fill(reviewer)
    page.goto(f"/jobs/{job['id']}/review")
    page.get_by_role("button", name="Keep given").wait_for()
    page.wait_for_load_state("networkidle")
    start = time.perf_counter()
    pressed = press_keys(page, count)
    page.get_by_text("All saved").wait_for()
    seconds = time.perf_counter() - start
    stored = {row["sample_id"]: row["verdict"] for row in read_back(page, job["dataset_id"], reviewer)}
    saved = sum(stored.get(sample) == SETTLED[key] for sample, key in pressed)
    take_back(page, job["dataset_id"], reviewer, len(stored))
    return Pace(len(pressed), saved, round(seconds, 2), round(60 * len(pressed) / seconds))


def press_keys(page: Page, count: int) -> list[tuple[str, str]]:
    """Settle `count` images as fast as they appear; returns each sample and its key."""
    pressed: list[tuple[str, str]] = []
    sample = None
    for _, key in zip(range(count), cycle(SETTLED), strict=False):
        sample = page.wait_for_function(NEXT_IMAGE, arg=sample).json_value()
        page.keyboard.press(key)
        pressed.append((sample, key))
    return pressed


def read_back(page: Page, dataset: str, reviewer: str) -> list[dict[str, Any]]:
    """The reviewer's decisions, page by page."""
    rows: list[dict[str, Any]] = []
    cursor = None
    while True:
        params: dict[str, str | float | bool] = {"reviewer": reviewer, "limit": 200}
        params |= {"cursor": cursor} if cursor else {}
        found = page.request.get(f"/api/v1/datasets/{dataset}/verifications", params=params).json()
        rows += found["items"]
        cursor = found["next_cursor"]
        if cursor is None:
            return rows


def take_back(page: Page, dataset: str, reviewer: str, expected: int) -> None:
    """Take the reviewer's decisions back."""
    body = {"filter": {"reviewer": reviewer}, "expected": expected, "reviewer": reviewer}
    page.request.post(f"/api/v1/datasets/{dataset}/withdrawals", data=body, fail_on_status_code=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure how many decisions a minute the review page takes.")
    parser.add_argument("url", help="of a running service with a finished job")
    parser.add_argument("--decisions", type=int, default=DECISIONS)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    arguments = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(base_url=arguments.url, viewport={"width": 1280, "height": 720})
        pace = measure(page, arguments.decisions)
        browser.close()
    print(json.dumps(asdict(pace)) if arguments.json else pace)


if __name__ == "__main__":
    main()
