"""A running service and a real Chromium. Tests fail with instructions if a requirement is missing."""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect, sync_playwright

from tests.servers import child_process, wait_until

ROOT = Path(__file__).parents[2]
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--no-first-run",
]
READY = re.compile(r"MSLG is ready: (\S+)")
# Service, workers and Chromium may share two busy cores.
PATIENCE_MS = 60_000
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, from CHROMIUM or PATH.

    Module scope, because no other test can run an event loop while it is open.
    """
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    assert found, "The browser tests need Chromium: apt-get install chromium, or name one in CHROMIUM."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[str]:
    """URL of `mslg serve` with an empty data folder and the built web UI."""
    assert (ROOT / "frontend/dist/index.html").exists(), "The web UI is not built: run make setup."
    log = tmp_path / "serve.log"
    mslg = Path(sys.executable).with_name("mslg")
    command: list[str | Path] = [mslg, "serve", "--port", "0", "--data-dir", tmp_path / "data"]
    with child_process(command, log) as process:
        wait_until(lambda: READY.search(log.read_text()) is not None, process, log)
        found = READY.search(log.read_text())
        assert found
        yield found[1]


@pytest.fixture
def client(service: str) -> Iterator[httpx.Client]:
    """Client of the service's REST API."""
    with httpx.Client(base_url=f"{service}/api/v1", timeout=60) as client:
        yield client


@dataclass
class Visit:
    """A browser tab and the problems reported in it."""

    page: Page
    problems: list[str] = field(default_factory=list)

    def on_console(self, message: ConsoleMessage) -> None:
        """Record errors and warnings of the console."""
        if message.type in ("error", "warning"):
            self.problems.append(f"{message.type}: {message.text} ({message.location})")

    def on_error(self, error: Error) -> None:
        """Record an uncaught exception."""
        self.problems.append(str(error))


@pytest.fixture
def visit(browser: Browser, service: str) -> Iterator[Visit]:
    """A tab on the service. Its console must be clean at the end."""
    context = browser.new_context(
        base_url=service, viewport={"width": 1280, "height": 720}, accept_downloads=True
    )
    context.set_default_timeout(PATIENCE_MS)
    visit = Visit(context.new_page())
    visit.page.on("console", visit.on_console)
    visit.page.on("pageerror", visit.on_error)
    yield visit
    context.close()
    assert visit.problems == []


@pytest.fixture
def other(browser: Browser, service: str) -> Iterator[Page]:
    """A second person's browser."""
    context = browser.new_context(base_url=service, viewport={"width": 1280, "height": 720})
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()
