"""How Sphinx builds the documentation. `scripts/docs.py` runs it; any warning fails the build."""

import json
import re
from pathlib import Path
from typing import Any

from myst_parser.parsers.sphinx_ import MystParser
from sphinx.application import Sphinx

project = "MSLG"
html_title = "MSLG help"
extensions = ["myst_parser"]
exclude_patterns = ["_build", "_templates"]
nitpicky = True

myst_heading_anchors = 4  # links to headings, as GitHub makes them; a dead one is a warning
myst_enable_extensions = ["dollarmath"]
myst_fence_as_directive = ["toctree"]

html_theme = "furo"
html_theme_options = {  # the accent of frontend/src/styles.css
    "light_css_variables": {"color-brand-primary": "#0b6b78", "color-brand-content": "#0b6b78"},
    "dark_css_variables": {"color-brand-primary": "#4fc3d1", "color-brand-content": "#4fc3d1"},
}
templates_path = ["_templates"]
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/service.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
html_static_path = ["_static"]
html_css_files = ["mslg.css"]
html_copy_source = False
html_show_copyright = False
html_favicon = "../frontend/public/favicon.svg"

HELP_URL = "/help/"  # where the service serves these pages
RELATIVE = re.compile(r'(href|src|action|data-content_root)="(?![a-z]+:|[/#])(?:\./)?')


class NotebookParser(MystParser):
    """Shows the cells of a notebook, without outputs, as a page in Markdown."""

    supported = ("ipynb",)

    def parse(self, inputstring: str, document: Any) -> None:
        """Parse the text and the code of all cells."""
        cells = json.loads(inputstring)["cells"]
        super().parse("\n\n".join(map(_show_cell, cells)), document)


def _show_cell(cell: dict[str, Any]) -> str:
    text = "".join(cell["source"])
    return f"```ipython\n{text}\n```" if cell["cell_type"] == "code" else text


def setup(app: Sphinx) -> None:
    """Show notebooks, and make the page for unknown addresses work at any depth."""
    app.add_source_suffix(".ipynb", "ipynb")
    app.add_source_parser(NotebookParser)
    app.connect("build-finished", _make_absolute)


def _make_absolute(app: Sphinx, exception: Exception | None) -> None:
    page = Path(app.outdir, "404.html")
    if exception is None and page.exists():
        page.write_text(RELATIVE.sub(rf'\1="{HELP_URL}', page.read_text("utf-8")), "utf-8")
