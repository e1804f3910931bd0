"""Proof that the grid drops nothing: scrolled through 100,000 samples, every tile in sight is checked.

A little server plays the service, so that each sample is known by its place and only the page is tested.
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

# What is in sight and what lies there; a tile is blank when it shows neither an image nor its placeholder.
TILES_IN_SIGHT = """
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
class Sight:
    """What one look at the grid found."""

    seen: int
    images: int
    covered: float
    """Share of the grid's area that tiles take; the rest is gaps."""


def sample_at(index: int) -> str:
    """The id of the sample at a place of the ranking."""
    return str(1_000_000 + index)


class _PlayedService(BaseHTTPRequestHandler):
    """The built web UI, and everything that the grid page asks for."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # the name that http.server asks for
        """Answer one request."""
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
        """Say nothing."""

    def _answer(self, media_type: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of images that the page gave up, because it was scrolled on."""


@contextmanager
def played_service() -> Iterator[str]:
    """The URL of a server that plays the service; the grid is at `/jobs/j1/grid`."""
    server = _Server(("127.0.0.1", 0), _PlayedService)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def look(page: Page) -> Sight:
    """Check every tile in sight: the right sample, its image or a placeholder, and no hole between tiles."""
    found = page.evaluate(TILES_IN_SIGHT)
    tiles = found["tiles"]
    assert tiles, "no tile is in sight"
    indices = [tile["index"] for tile in tiles]
    assert indices == list(range(indices[0], indices[0] + len(indices))), f"tiles are missing: {indices}"
    for tile in tiles:
        assert tile["sample"] in (None, sample_at(tile["index"])), f"wrong sample: {tile}"
        assert tile["image"] or tile["placeholder"], f"blank tile: {tile}"
        if tile["image"]:
            of_sample = f"/samples/{sample_at(tile['index'])}/thumbnail"
            assert tile["image"].endswith(of_sample), f"wrong image: {tile}"
    images = sum(1 for tile in tiles if tile["image"])
    return Sight(len(tiles), images, found["covered"])


def scroll_through(page: Page, steps: int) -> list[Sight]:
    """Scroll from the first row to the last in `steps` leaps, with a look right after each."""
    sights = []
    for step in range(steps + 1):
        # The first frame after the leap is what a person would see.
        page.evaluate(
            """share => new Promise(done => {
                 const grid = document.querySelector('[role=grid]');
                 grid.scrollTop = share * (grid.scrollHeight - grid.clientHeight);
                 requestAnimationFrame(() => requestAnimationFrame(done));
               })""",
            step / steps,
        )
        sights.append(look(page))
    return sights


def _answer(path: str, query: str) -> dict[str, Any]:
    if path.endswith("/columns"):
        asked = parse_qs(query)
        return _columns(int(asked["after_rank"][0]), int(asked["limit"][0]))
    if path.endswith("/summary"):
        return {"num_samples": TOTAL, "num_issues": TOTAL // 3, "classes": CLASSES}
    if path.endswith(f"/jobs/{JOB}"):
        return {
            "id": JOB,
            "dataset_id": "d1",
            "name": "Job",
            "status": "succeeded",
            "config": {"method": "mslg"},
        }
    return {"required": False, "authenticated": True}  # the session


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
        "next_rank": rows.stop if rows.stop < TOTAL else None,
        "total": TOTAL,
    }
