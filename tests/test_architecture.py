"""The house's import rules: who may import whom, and how long a file may be."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAX_LINES = 400

# room -> what it must never import (a module also stands for everything inside it)
FORBIDDEN = {
    "mslg_core": [
        "store",
        "api",
        "worker",
        "migrations",
        "mslg_cli",
        "cli",
        "fastapi",
        "celery",
        "sqlalchemy",
    ],
    "store": ["api", "worker", "migrations", "mslg_cli", "cli", "mslg_core", "fastapi", "celery", "torch"],
    "api": ["worker", "migrations", "mslg_cli", "cli", "torch", "torchvision"],
    "worker": ["api", "mslg_cli", "fastapi"],
    "migrations": ["api", "worker", "mslg_core", "torch"],
    "benchmarks": ["store", "api", "worker"],
}
# what the API may know of the trainer: importable without torch
API_MAY_IMPORT = {
    "mslg_core.configs",
    "mslg_core.ranking.error_budget",
    "mslg_core.errors",
    "mslg_core.images.decode",
    "mslg_core.reports",
}
TORCH_FREE = [
    "api.app",
    "store.models",
    "mslg_core.configs",
    "mslg_core.ranking.error_budget",
    "mslg_core.reports",
    "mslg_core.datasets.cifar_n",
    "mslg_core.cleaning.inputs",
    "mslg_core.noise.synthetic",
    "mslg_core.datasets.detect",
    "mslg_cli",
]


def sources(room: str) -> list[Path]:
    """The Python files of one room."""
    return sorted((ROOT / room).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Dotted names of everything that a file imports, at its top or inside a function."""
    package = ".".join(path.relative_to(ROOT).parent.parts)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                module = ".".join([*above, module]).strip(".")
            yield from (f"{module}.{alias.name}" for alias in node.names)


def within(name: str, module: str) -> bool:
    """Whether a dotted name is a module or lies inside it."""
    return name == module or name.startswith(f"{module}.")


@pytest.mark.parametrize("room", FORBIDDEN)
def test_a_room_imports_only_its_neighbours(room: str) -> None:
    assert sources(room), f"the room {room} is empty"
    broken = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources(room)
        for name in imports(path)
        for module in FORBIDDEN[room]
        if within(name, module)
    ]
    assert broken == []


def test_the_api_knows_only_the_trainers_configs_and_reports() -> None:
    broken = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources("api")
        for name in imports(path)
        if within(name, "mslg_core") and not any(within(name, module) for module in API_MAY_IMPORT)
    ]
    assert broken == []


@pytest.mark.parametrize("module", TORCH_FREE)
def test_importing_does_not_load_torch(module: str) -> None:
    code = f"import sys, {module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_no_file_is_too_long() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py", "*.ts", "*.tsx", "*.css"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [ROOT / line for line in listed.stdout.splitlines() if "/client/" not in line]
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in files if path.exists()
    }
    assert lengths, "git lists no source file"
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}
