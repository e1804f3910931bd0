"""What the pages say exists: commands, options, addresses, buttons, files."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from mslg_cli import app
from mslg_core.exports.table import EXPORT_COLUMNS
from scripts import reference

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
CODE = re.compile(r"```console\n(.*?)```|`([^`\n]+)`", re.DOTALL)
MSLG = re.compile(r"(?:^|[\s$/])mslg ((?:[a-z0-9-]+ ?)+)(.*)")
SERVER = re.compile(r"\bmslg --server \S+ ?")  # the only option that comes before a command
OPTION = re.compile(r"(?<![\w-])--([a-z][a-z0-9-]*)")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
DOCS_PATH = re.compile(r"\bdocs/[\w/.-]+\.(?:md|png|svg)\b")
ADDRESS = re.compile(r'\$API(/[^\s"?]+)')
TITLES = re.compile(r"\*\*([A-Z][^*.]+)\*\*")


def commands(page: Path) -> Iterator[str]:
    """Lines of console blocks, and inline code."""
    for block, inline in CODE.findall(page.read_text("utf-8")):
        for line in block.splitlines():
            if line.startswith("$ "):
                yield line.removeprefix("$ ").partition(" # ")[0]
        if inline:
            yield inline


def find_command(arguments: list[str]) -> tuple[Any, list[str]]:
    """The command that `arguments` name, and what is left of them."""
    command: Any = typer.main.get_command(app)
    while arguments and arguments[0] in getattr(command, "commands", {}):
        command, arguments = command.commands[arguments[0]], arguments[1:]
    return command, arguments


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_command_line_knows_what_is_named(page: Path) -> None:
    for text in commands(page):
        found = MSLG.search(SERVER.sub("mslg ", text))
        if found is None:
            continue
        command, rest = find_command(found[1].split())
        assert not hasattr(command, "commands") or (command.name == "bench" and not rest), text
        known = {name for option in command.params for name in option.opts} | {"--help"}
        assert {f"--{name}" for name in OPTION.findall(found[2])} <= known, text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_make_knows_what_is_named(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = [re.match(r"make ([a-z]+)", text) for text in commands(page)]
    assert {found[1] for found in named if found} <= targets


@pytest.mark.parametrize("page", PAGES[:2], ids=lambda page: page.name)
def test_links_from_outside_the_built_pages_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_the_code_names_no_page_that_is_gone() -> None:
    folders = ("api", "benchmarks", "cli", "migrations", "mslg_core", "scripts", "store", "worker")
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    named = {(file, path) for file in files for path in DOCS_PATH.findall(file.read_text("utf-8"))}
    assert named
    assert [(file, path) for file, path in named if not (ROOT / path).exists()] == []


def test_rest_examples_use_operations_that_exist() -> None:
    paths = json.loads((ROOT / "frontend" / "openapi.json").read_text())["paths"]
    known = {re.sub(r"\{\w+\}", "ID", path.removeprefix("/api/v1")) for path in paths}
    used = {
        re.sub(r"\b[A-Z]{3,}\b", "ID", address)
        for page in (ROOT / "docs" / "how-to").glob("*.md")
        for address in ADDRESS.findall(page.read_text("utf-8"))
    }
    assert len(used) > 5
    assert used <= known


def test_the_tutorial_names_buttons_that_exist() -> None:
    """Bold words that begin with a capital are texts of the web UI."""
    sources = " ".join(
        re.sub(r"\s+", " ", file.read_text("utf-8")) for file in (ROOT / "frontend" / "src").rglob("*.ts*")
    )
    for page in ("tutorial.md", "how-to/accept-suggestions.md", "how-to/build-a-verified-set.md"):
        for title in TITLES.findall(" ".join((ROOT / "docs" / page).read_text("utf-8").split())):
            shown = re.sub(r"\b(CSV|JSONL|Parquet)$", "{name}", title)
            assert title in sources or shown in sources, f"{page}: {title}"


def test_every_export_column_is_described() -> None:
    text = (ROOT / "docs" / "reference" / "export-columns.md").read_text("utf-8")
    assert tuple(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == EXPORT_COLUMNS


def test_the_reference_is_up_to_date() -> None:
    assert reference.write(check=True) == [], "run make format"


def test_a_stale_reference_is_found_and_written(tmp_path: Path) -> None:
    names = ["commands.md", "errors.md", "job-settings.md", "rest.md", "service-settings.md"]
    assert [page.name for page in reference.write(tmp_path, check=True)] == names
    assert list(tmp_path.iterdir()) == []
    reference.write(tmp_path)
    assert reference.write(tmp_path, check=True) == []
    (tmp_path / "errors.md").write_text("old")
    assert [page.name for page in reference.write(tmp_path)] == ["errors.md"]
