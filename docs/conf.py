"""How Sphinx builds the documentation. `scripts/docs.py` runs it; any warning fails the build."""

import re
from pathlib import Path

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


def setup(app: Sphinx) -> None:
    """Make the page for unknown addresses work at any depth."""
    app.connect("build-finished", _make_absolute)


def _make_absolute(app: Sphinx, exception: Exception | None) -> None:
    page = Path(app.outdir, "404.html")
    if exception is None and page.exists():
        page.write_text(RELATIVE.sub(rf'\1="{HELP_URL}', page.read_text("utf-8")), "utf-8")
