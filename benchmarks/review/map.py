"""Frames per second of the map while it is moved and zoomed, with synthetic points.

    python -m benchmarks.review.map http://127.0.0.1:8000 --points 100000 --json

Opens the map of the newest finished job of a running service in Chromium, with the points of the response
replaced by synthetic ones in clusters. The pointer drags and the wheel turns as fast as the browser takes
events. A frame counts from the end of one animation frame to the end of the next; 60 frames per second leave
16.7 ms each. Chromium runs without a graphics card: the map is drawn by the processor.
"""

import argparse
import json
import shutil
import statistics
from typing import Any

import numpy as np
from playwright.sync_api import Page, Route, sync_playwright

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
POINTS = 100_000
CLUSTERS = 40
SPREAD = 0.03
STEPS = 240
WHEEL = 40

RECORDER = """
() => {
  window.frames = [];
  let last = performance.now();
  const tick = () => {
    const now = performance.now();
    window.frames.push(now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}
"""


def make_map(points: int, classes: int, seed: int = 0) -> bytes:
    """A map in the format of `GET /jobs/{id}/map`: clusters, every fifth point with another suggestion."""
    rng = np.random.default_rng(seed)
    cluster = rng.integers(0, CLUSTERS, points)
    places = rng.random((CLUSTERS, 2))[cluster] + rng.normal(0, SPREAD, (points, 2))
    places = ((places - places.min(0)) / np.ptp(places, axis=0)).astype("<f4")
    suggested = (cluster % classes).astype("<i4")
    given = np.where(np.arange(points) % 5 == 0, (suggested + 1) % classes, suggested).astype("<i4")
    columns = (
        np.arange(1, points + 1, dtype="<i8"),
        places[:, 0],
        places[:, 1],
        rng.random(points).astype("<f4"),
        given,
        suggested,
        np.full(points, -1, dtype="<i4"),
        np.zeros(points, dtype=np.uint8),
        np.zeros(1, dtype="<i8"),  # nothing is decided yet
    )
    header = b"MSLGMAP1" + np.array([points, 0], dtype="<u4").tobytes()
    return header + b"".join(column.tobytes() for column in columns)


def open_map(page: Page, points: int) -> None:
    """Open the newest finished job's map with synthetic points. Raises `SystemExit` without such a job."""
    jobs = page.request.get("/api/v1/jobs").json()["items"]
    finished = [job["id"] for job in jobs if job["status"] == "succeeded"]
    if not finished:
        raise SystemExit("The service has no finished job yet.")
    classes = len(page.request.get(f"/api/v1/jobs/{finished[0]}/summary").json()["classes"])
    body = make_map(points, classes)

    def respond(route: Route) -> None:
        route.fulfill(body=body, content_type="application/octet-stream")

    page.route("**/api/v1/jobs/*/map", respond)
    page.goto(f"/jobs/{finished[0]}/map")
    page.get_by_text(f"{points:,} images", exact=True).wait_for()


def drag(page: Page, box: dict[str, float]) -> None:
    """Move the map in a wide zigzag."""
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(STEPS):
        across = abs(step % 80 - 40) - 20
        page.mouse.move(x + across * 6, y + across * 2)
    page.mouse.up()


def turn(page: Page) -> None:
    """Zoom in and out with the wheel."""
    for step in range(STEPS):
        page.mouse.wheel(0, -WHEEL if step % 60 < 30 else WHEEL)


def frame_times(page: Page, action: Any) -> list[float]:
    """Milliseconds per frame while the action runs, ascending."""
    page.evaluate("window.frames.length = 0")
    action()
    return sorted(page.evaluate("window.frames.slice(1)"))


def figures_of(times: list[float]) -> dict[str, float]:
    """Frames per second, and the median and 95th percentile of their times in ms."""
    return {
        "frames_per_second": round(1000 * len(times) / sum(times), 1),
        "median_ms": round(statistics.median(times), 1),
        "p95_ms": round(statistics.quantiles(times, n=20)[-1], 1),
    }


def measure(page: Page, points: int) -> dict[str, Any]:
    """The figures of dragging and zooming."""
    open_map(page, points)
    box = page.get_by_role("application").bounding_box()
    if box is None:
        raise SystemExit("The map is not visible.")
    rectangle = {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}
    page.evaluate(RECORDER)
    moving = frame_times(page, lambda: drag(page, rectangle))
    zooming = frame_times(page, lambda: turn(page))
    return {"points": points, "drag": figures_of(moving), "zoom": figures_of(zooming)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("url", help="of a running service with a finished job")
    parser.add_argument("--points", type=int, default=POINTS)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    arguments = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(base_url=arguments.url, viewport={"width": 1280, "height": 720})
        figures = measure(page, arguments.points)
        browser.close()
    print(json.dumps(figures) if arguments.json else figures)


if __name__ == "__main__":
    main()
