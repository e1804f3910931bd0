"""Checks pages against WCAG 2.2 AA with axe-core, a development package of the frontend."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

# Halfway through a transition, colours have less contrast. Spinners never end.
END_TRANSITIONS = """() => {
    for (const animation of document.getAnimations()) {
        if (animation instanceof CSSTransition) animation.finish();
    }
}"""


def assert_accessible(page: Page) -> None:
    """Fail with the list of elements that currently violate `STANDARDS`."""
    found = violations(page)
    assert not found, f"{page.url} violates WCAG 2.2 AA:\n" + "\n".join(found)


def violations(page: Page) -> list[str]:
    """One line per violation: the rule, the element and a summary."""
    assert AXE.exists(), "axe-core is missing: run make setup."
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())  # not a script tag: the page's content security policy forbids it
    page.evaluate(END_TRANSITIONS)
    run = "standards => axe.run(document, {runOnly: standards})"
    report: dict[str, Any] = page.evaluate(run, STANDARDS)
    return [
        f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}"
        for rule in report["violations"]
        for node in rule["nodes"]
    ]
