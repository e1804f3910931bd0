"""The help pages build without a warning, and no warning goes unnoticed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SCRIPT = ROOT / "scripts" / "docs.py"
OUTSIDE = re.compile(r'<(?:script|link|img|iframe|source)\b[^>]*\b(?:src|href)="(?:https?:)?//[^"]*"')
OUTSIDE_STYLE = re.compile(r"(?:@import|url\()\s*[\"']?(?:https?:)?//")
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)

INDEX = "# Start\n\n## A heading\n\n{}\n\n```{{toctree}}\nother\n```\n"


def build(source: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """Run the build as `make docs` does, on other pages."""
    command = [sys.executable, str(SCRIPT), str(source), str(out)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def build_page(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """Build two pages, the first with `text`."""
    source = folder / "docs"
    source.mkdir()
    (source / "index.md").write_text(INDEX.format(text))
    (source / "other.md").write_text("# Other\n\n## Its heading\n")
    return build(source, folder / "html")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's own pages, built."""
    out = tmp_path_factory.mktemp("site") / "html"
    done = build(ROOT / "docs", out)
    assert done.returncode == 0, done.stderr
    return out


def test_living_links_pass(tmp_path: Path) -> None:
    links = "[a](other.md), [b](other.md#its-heading), [c](#a-heading), [d](https://example.org/gone)"
    done = build_page(tmp_path, links)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "html" / "index.html").exists()


DEAD = {
    "page": "[page](gone.md)",
    "anchor": "[anchor](other.md#gone)",
    "own-anchor": "[anchor on this page](#gone)",
    "file": "[file](files/gone.csv)",
    "folder": "[folder](gone/)",
    "parent": "[parent](../gone.md)",
    "image": "![image](images/gone.png)",
    "reference": "[reference][target]\n\n[target]: gone.md",
}


def test_every_kind_of_dead_link_fails_the_build(tmp_path: Path) -> None:
    source = tmp_path / "docs"
    source.mkdir()
    (source / "index.md").write_text(INDEX.format("") + "\n```{toctree}\n:glob:\n\ndead-*\n```\n")
    (source / "other.md").write_text("# Other\n")
    for kind, link in DEAD.items():
        (source / f"dead-{kind}.md").write_text(f"# A page\n\n{link}\n")
    done = build(source, tmp_path / "html")
    assert done.returncode != 0
    warned = {line.partition(":")[0] for line in done.stderr.splitlines() if "gone" in line}
    assert warned == {str(source / f"dead-{kind}.md") for kind in DEAD}
    assert not (tmp_path / "html").exists()  # nothing that looks built


def test_one_dead_link_is_enough_to_fail_the_build(tmp_path: Path) -> None:
    assert build_page(tmp_path, DEAD["anchor"]).returncode != 0


def test_a_page_that_no_other_leads_to_fails_the_build(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Start\n")
    (tmp_path / "docs" / "lost.md").write_text("# Lost\n")
    done = build(tmp_path / "docs", tmp_path / "html")
    assert done.returncode != 0
    assert "lost.md" in done.stderr


def test_pages_load_nothing_from_outside(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 30
    for page in pages:
        assert not OUTSIDE.findall(page.read_text()), page
    for style in site.rglob("*.css"):
        assert not OUTSIDE_STYLE.findall(style.read_text()), style


def test_all_pages_have_the_inline_scripts_of_the_first(site: Path) -> None:
    """The service allows exactly those."""
    allowed = set(INLINE_SCRIPT.findall((site / "index.html").read_text()))
    for page in site.rglob("*.html"):
        text = page.read_text()
        assert set(INLINE_SCRIPT.findall(text)) <= allowed, page
        assert not re.search(r"\son[a-z]+=\"", text), page


def test_the_page_for_unknown_addresses_works_at_any_depth(site: Path) -> None:
    page = (site / "404.html").read_text()
    targets = re.findall(r'(?:href|src|action|data-content_root)="([^"]*)"', page)
    assert targets
    assert [t for t in targets if not t.startswith(("/", "#", "https://"))] == []
