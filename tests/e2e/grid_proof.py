"""Checks every visible tile while the grid scrolls through 100,000 samples.

A fake service makes each sample predictable from its position, so that only the page is tested.
"""

import json
import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page

from tests.factories import make_image

DIST = Path(__file__).parents[2] / "frontend/dist"
JOB = "j1"
TOTAL = 100_000
CLASSES = ["cat", "dog"]
IMAGE = make_image(0)

# The visible tiles and their content. A tile is blank if it shows neither an image nor a placeholder.
VISIBLE_TILES = """
() => {
  const grid = document.querySelector('[role=grid]');
  const box = grid.getBoundingClientRect();
  const tiles = [];
  let covered = 0;
  for (const tile of grid.querySelectorAll('[data-index]')) {
    const { top, bottom, left, right } = tile.getBoundingClientRect();
    if (bottom <= box.top || top >= box.bottom) continue;
    covered += (Math.min(bottom, box.bottom) - Math.max(top, box.top)) * (right - left);
    const image = tile.querySelector('img');
    tiles.push({
      index: Number(tile.dataset.index),
      sample: tile.dataset.sample ?? null,
      image: image && image.complete && image.naturalWidth > 0 ? new URL(image.src).pathname : null,
      placeholder: tile.querySelector('[data-placeholder]') !== null,
    });
  }
  return { tiles, covered: covered / (grid.clientWidth * box.height) };
}
"""


@dataclass(frozen=True)
class Check:
    """Result of one check of the visible tiles."""

    visible: int
    images: int
    covered: float
    """Share of the grid's area covered by tiles; the rest is gaps."""


def sample_at(index: int) -> str:
    """Id of the sample at a position of the ranking."""
    return str(1_000_000 + index)


class _FakeService(BaseHTTPRequestHandler):
    """The built web UI, and the API responses that the grid page needs."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # the name that http.server requires
        """Respond to one request."""
        url = urlsplit(self.path)
        if url.path.endswith("/thumbnail"):
            self._answer("image/png", IMAGE)
        elif url.path.startswith("/api/"):
            self._answer("application/json", json.dumps(_answer(url.path, url.query)).encode())
        else:
            path = DIST / url.path.lstrip("/")
            path = path if path.is_file() else DIST / "index.html"
            self._answer(mimetypes.guess_type(path)[0] or "text/html", path.read_bytes())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 # the name of the base class
        """Log nothing."""

    def _answer(self, media_type: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore broken connections: the page cancels image requests while it scrolls."""


@contextmanager
def fake_service() -> Iterator[str]:
    """URL of the fake service; the grid is at `/jobs/j1/grid`."""
    server = _Server(("127.0.0.1", 0), _FakeService)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def check_visible(page: Page) -> Check:
    """Check every visible tile: right sample, image or placeholder, and no missing tiles."""
    found = page.evaluate(VISIBLE_TILES)
    tiles = found["tiles"]
    assert tiles, "no tile is visible"
    indices = [tile["index"] for tile in tiles]
    assert indices == list(range(indices[0], indices[0] + len(indices))), f"tiles are missing: {indices}"
    for tile in tiles:
        assert tile["sample"] in (None, sample_at(tile["index"])), f"wrong sample: {tile}"
        assert tile["image"] or tile["placeholder"], f"blank tile: {tile}"
        if tile["image"]:
            of_sample = f"/samples/{sample_at(tile['index'])}/thumbnail"
            assert tile["image"].endswith(of_sample), f"wrong image: {tile}"
    images = sum(1 for tile in tiles if tile["image"])
    return Check(len(tiles), images, found["covered"])


def scroll_through(page: Page, steps: int) -> list[Check]:
    """Scroll from the first row to the last in `steps` jumps, with a check right after each."""
    checks = []
    for step in range(steps + 1):
        # Check the first frame after the jump, which a user would see.
        page.evaluate(
            """share => new Promise(done => {
                 const grid = document.querySelector('[role=grid]');
                 grid.scrollTop = share * (grid.scrollHeight - grid.clientHeight);
                 requestAnimationFrame(() => requestAnimationFrame(done));
               })""",
            step / steps,
        )
        checks.append(check_visible(page))
    return checks


SESSION = {"required": False, "authenticated": True}
ANSWERS: dict[str, dict[str, Any]] = {
    "/issues": {
        "items": [],
        "duplicate_groups": 0,
        "conflicting_groups": 0,
        "has_map": False,
        "has_similar": False,
    },
    "/tags": {"items": []},
    "/views": {"items": []},
    "/datasets/d1": {"metadata_columns": []},
    "/summary": {
        "num_samples": TOTAL,
        "num_issues": TOTAL // 3,
        "classes": CLASSES,
        "class_order": list(range(len(CLASSES))),
    },
    f"/jobs/{JOB}": {
        "id": JOB,
        "dataset_id": "d1",
        "name": "Job",
        "status": "succeeded",
        "config": {"method": "mslg"},
    },
}
"""By the end of the address."""


def _answer(path: str, query: str) -> dict[str, Any]:
    if path.endswith("/columns"):
        asked = parse_qs(query)
        return _columns(int(asked["after_rank"][0]), int(asked["limit"][0]))
    return next((answer for end, answer in ANSWERS.items() if path.endswith(end)), SESSION)


@cache
def _columns(first: int, limit: int) -> dict[str, Any]:
    rows = range(first, min(TOTAL, first + limit))
    return {
        "sample_ids": [sample_at(index) for index in rows],
        "ranks": [index + 1 for index in rows],
        "given": [index % 2 for index in rows],
        "suggested": [(index + 1) % 2 for index in rows],
        "label_scores": [round(index / TOTAL, 5) for index in rows],
        "verdicts": [None] * len(rows),
        "settled": [None] * len(rows),
        "changed_by_model": [False] * len(rows),
        "seen": "0",
        "next_rank": rows.stop if rows.stop < TOTAL else None,
        "total": TOTAL,
    }
