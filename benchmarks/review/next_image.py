"""Time from the key that decides on an image to the next image on the screen.

    python -m benchmarks.review.next_image http://127.0.0.1:8000 --json

Chromium reviews the newest finished job of a running service and undoes every decision at the end. The time
ends with the frame after the one that shows the complete next image. A frame takes 17 ms.
"""

import argparse
import json
import shutil
import statistics

from playwright.sync_api import Page, sync_playwright

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
# Keep the label, accept the suggestion, choose the most likely class, unsure.
KEYS = "as1u"
DECISIONS = 40
PAUSE_MS = 350
"""Pause between two decisions. Reviewers are no faster, and the browser loads the next images meanwhile."""

STOPWATCH = """
() => {
  window.taken = [];
  const shown = () => {
    const image = document.querySelector('img[alt^="Sample "]');
    return image?.complete && image.naturalWidth > 0 && image.checkVisibility({ visibilityProperty: true })
      ? image.src
      : null;
  };
  addEventListener('keydown', () => {
    const pressed = performance.now();
    const before = shown();
    const look = () => {
      const now = shown();
      if (now === null || now === before) return requestAnimationFrame(look);
      requestAnimationFrame(() => window.taken.push(performance.now() - pressed));
    };
    requestAnimationFrame(look);
  }, true);
}
"""


def measure(page: Page, decisions: int) -> list[float]:
    """Milliseconds from key to image, ascending.

    Raises:
        SystemExit: the service has no finished job.
    """
    jobs = page.request.get("/api/v1/jobs").json()["items"]
    finished = [job["id"] for job in jobs if job["status"] == "succeeded"]
    if not finished:
        raise SystemExit("The service has no finished job yet.")
    page.goto("/")
    page.get_by_label("Reviewer").fill("benchmark")
    page.goto(f"/jobs/{finished[0]}/review")
    page.get_by_role("button", name="Keep given").wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate(STOPWATCH)
    for turn in range(decisions):
        page.keyboard.press(KEYS[turn % len(KEYS)])
        page.wait_for_function("count => window.taken.length === count", arg=turn + 1)
        page.wait_for_timeout(PAUSE_MS)
    taken: list[float] = page.evaluate("window.taken")
    for _ in range(decisions):
        page.keyboard.press("Backspace")
        page.wait_for_timeout(PAUSE_MS)
    page.get_by_text("All saved").wait_for()
    return sorted(taken)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the time from a key to the next image.")
    parser.add_argument("url", help="of a running service with a finished job")
    parser.add_argument("--decisions", type=int, default=DECISIONS)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    arguments = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(base_url=arguments.url, viewport={"width": 1280, "height": 720})
        taken = measure(page, arguments.decisions)
        browser.close()
    figures = {
        "images": len(taken),
        "median_ms": round(statistics.median(taken), 1),
        "p95_ms": round(statistics.quantiles(taken, n=20)[-1], 1),
        "under_50_ms": sum(time < 50 for time in taken),
    }
    print(json.dumps(figures) if arguments.json else figures)


if __name__ == "__main__":
    main()
