"""The house rules: who may import whom, what needs no torch, what opens a package, how long files are."""

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAX_LINES = 300
MAX_FILES = 14

# room -> what it must never import (a module also stands for everything inside it)
ABOVE_EVERY_ROOM = ["migrations", "mslg_cli", "cli"]
FORBIDDEN = {
    "mslg_core": ["store", "api", "worker", *ABOVE_EVERY_ROOM, "fastapi", "celery", "sqlalchemy"],
    "store": ["api", "worker", *ABOVE_EVERY_ROOM, "mslg_core", "fastapi", "celery", "torch"],
    "api": ["worker", *ABOVE_EVERY_ROOM, "torch", "torchvision"],
    "worker": ["api", "mslg_cli", "fastapi"],
    "client": ["api", "store", "worker", "mslg_core", "mslg_rules", *ABOVE_EVERY_ROOM],
    "migrations": ["api", "worker", "mslg_core", "torch"],
    "benchmarks": ["store", "api", "worker"],
}
# Each line may import from the lines above it. A module belongs to the longest name that it lies in.
LAYERS = {
    "mslg_core": [
        "problem",
        "errors",
        "configs",
        "reports",
        "images",
        "neighbours",
        "issues",
        "models",
        "datasets.archives",
        "datasets.tables",
        "datasets.layouts",
        "datasets.tools",
        "datasets",
        "features",
        "ranking",
        "methods.metalearning",
        "methods",
        "training",
        "noise",
        "exports",
        "versions",
        "cleaning",
    ],
    "store": [
        "errors",
        "settings",
        "infrastructure",
        "database",
        "models",
        "metadata",
        "accounts",
        "sources",
        "outbox",
        "tasks",
        "webhooks",
        "verification",
        "results",
        "changes",
        "versions",
        "review",
        "statistics",
    ],
    "worker": [
        "process",
        "logs",
        "resources",
        "app",
        "counting",
        "passing",
        "claims",
        "training",
        "sources",
        "webhooks",
        "tasks",
        "run",
    ],
    "benchmarks": [
        "common",
        "problems",
        "cifar10",
        "compare",
        "review",
        "speed",
        "scale",
        "service",
        "faults",
        "report",
        "gpu",
    ],
}
# what the API may know of the trainer: importable without torch
API_MAY_IMPORT = {
    "mslg_core.configs",
    "mslg_core.datasets.archives.heads",
    "mslg_core.datasets.report",
    "mslg_core.datasets.tables",
    "mslg_core.errors",
    "mslg_core.problem",
    "mslg_core.images.decode",
    "mslg_core.neighbours.index",
    "mslg_core.images.value_range",
    "mslg_core.ranking.error_budget",
    "mslg_core.reports",
}
TORCH_FREE = [
    "api.app",
    "store.models",
    "mslg_cli",
    "mslg_core.cleaning.check",
    "mslg_core.cleaning.inputs",
    "mslg_core.configs.job",
    "mslg_core.configs.plan",
    "mslg_core.datasets.cifar_n",
    "mslg_core.datasets.detect",
    "mslg_core.exports.writers",
    "mslg_core.images.training_set",
    "mslg_core.issues.find",
    "mslg_core.neighbours.index",
    "mslg_core.noise.published",
    "mslg_core.noise.synthetic",
    "mslg_core.ranking.error_budget",
    "mslg_core.ranking.result",
    "mslg_core.reports",
    "mslg_core.versions.comparison",
    "mslg_core.versions.table",
]
# SQLAlchemy finds a foreign key only where all tables are imported; migrations are called as functions; users
# import from the client itself.
INITS_WITH_CODE = {"store/models/__init__.py", "migrations/__init__.py", "client/mslg_client/__init__.py"}


def sources(room: str) -> list[Path]:
    """The Python files of one room."""
    return sorted((ROOT / room).rglob("*.py"))


def packages() -> list[Path]:
    """Every package outside the tests."""
    rooms = ["mslg_rules", "mslg_core", "store", "api", "worker", "cli", "client", "migrations", "benchmarks"]
    return sorted(path.parent for room in rooms for path in sources(room) if path.name == "__init__.py")


def module_of(path: Path) -> str:
    """The dotted name of a file."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path, nodes: Iterable[ast.AST] | None = None) -> Iterator[str]:
    """Dotted names of everything that a file imports, at its top or inside a function; or of these nodes."""
    package = ".".join(path.relative_to(ROOT).parent.parts)
    for node in ast.walk(ast.parse(path.read_text())) if nodes is None else nodes:
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


def layer_of(name: str, room: str) -> str | None:
    """The layer that a dotted name belongs to, None outside the room."""
    found = [layer for layer in LAYERS[room] if within(name, f"{room}.{layer}")]
    return max(found, key=len, default=None)


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


@pytest.mark.parametrize("room", LAYERS)
def test_no_import_runs_against_the_layers(room: str) -> None:
    order = LAYERS[room]
    broken = []
    for path in sources(room):
        if path.parent == ROOT / room and path.name == "__init__.py":
            continue
        own = layer_of(module_of(path), room)
        assert own is not None, f"{path.relative_to(ROOT)} belongs to no layer: add it to LAYERS"
        layers = {name: layer_of(name, room) for name in imports(path)}
        broken += [
            f"{path.relative_to(ROOT)} imports {name}"
            for name, layer in layers.items()
            if layer is not None and order.index(layer) > order.index(own)
        ]
    assert broken == []


def test_the_shared_rules_need_nothing_but_the_standard_library() -> None:
    allowed = {*sys.stdlib_module_names, "mslg_rules"}
    imported = {name.split(".")[0] for path in sources("mslg_rules") for name in imports(path)}
    assert imported - allowed == set()


def test_the_client_needs_nothing_but_httpx() -> None:
    """Optional packages are imported where they are used."""
    allowed = {*sys.stdlib_module_names, "mslg_client", "httpx"}
    optional = {"numpy", "pandas", "PIL", "polars", "pyarrow", "torch"}
    for path in sources("client"):
        tree = ast.parse(path.read_text())
        own = {"numpy", "PIL", "torch"} if path.name == "torch.py" else set()
        at_top = {name.split(".")[0] for name in imports(path, tree.body)}
        anywhere = {name.split(".")[0] for name in imports(path)}
        assert (at_top - allowed - own, anywhere - allowed - optional) == (set(), set()), path


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


@pytest.mark.parametrize("package", packages(), ids=module_of)
def test_a_package_opens_with_its_docstring_and_nothing_else(package: Path) -> None:
    init = package / "__init__.py"
    tree = ast.parse(init.read_text())
    assert ast.get_docstring(tree), f"{init.relative_to(ROOT)} does not say what lives there"
    if str(init.relative_to(ROOT)) not in INITS_WITH_CODE:
        assert len(tree.body) == 1


@pytest.mark.parametrize(
    "package", [path for path in packages() if path.relative_to(ROOT).parts[0] in LAYERS], ids=module_of
)
def test_a_package_says_what_it_may_import_and_where_to_start(package: Path) -> None:
    docstring = ast.get_docstring(ast.parse((package / "__init__.py").read_text())) or ""
    assert "\nMay import: " in docstring
    assert "\nStart reading: " in docstring


def test_no_package_is_crowded() -> None:
    files = {str(p.relative_to(ROOT)): len(list(p.glob("*.py"))) - 1 for p in packages()}
    assert {name: count for name, count in files.items() if count > MAX_FILES} == {}


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
