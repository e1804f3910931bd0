"""Asks axe-core, which comes with the frontend's development packages, whether a page meets WCAG 2.2 AA."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def assert_accessible(page: Page) -> None:
    """Fail with every element of the page, as it is now, that breaks a rule of `STANDARDS`."""
    found = violations(page)
    assert not found, f"{page.url} breaks WCAG 2.2 AA:\n" + "\n".join(found)


def violations(page: Page) -> list[str]:
    """A line for each element that breaks a rule: the rule, the element, and what is wrong with it."""
    assert AXE.exists(), "axe-core is missing: run make setup."
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())  # not as a script tag: the page's policy forbids those
    run = "standards => axe.run(document, {runOnly: standards})"
    report: dict[str, Any] = page.evaluate(run, STANDARDS)
    return [
        f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}"
        for rule in report["violations"]
        for node in rule["nodes"]
    ]
