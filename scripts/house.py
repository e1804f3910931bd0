"""Prints the sizes of functions, files and packages. Fails if one exceeds its limit.

    python -m scripts.house

The length of a function includes everything from `def` to its last line: signature, docstring, comments,
blank lines and nested functions, which are also measured on their own. Functions and packages are measured in
production code only. Files include tests and the web UI, but no generated code and no migrations.
"""

import ast
import subprocess
import sys
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
ROOMS = (
    "mslg_rules",
    "mslg_core",
    "store",
    "api",
    "worker",
    "cli",
    "client",
    "migrations",
    "benchmarks",
    "scripts",
)
GENERATED = ("/lib/client/", "migrations/versions/")
MAX_MEDIAN, MAX_90TH, MAX_FILE_LINES, MAX_FILES = 7, 18, 300, 14
SHOWN = 10


class Function(NamedTuple):
    """A function. `place` is its `path:line`."""

    lines: int
    place: str
    name: str


def tracked(*patterns: str) -> list[Path]:
    """Files that git tracks or would add, relative to the root. Excludes generated code and migrations."""
    git = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns]
    listed = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [
        Path(name)
        for name in sorted(set(listed))
        if not any(part in name for part in GENERATED) and (ROOT / name).exists()
    ]


def file_lengths() -> dict[Path, int]:
    """Number of lines of each Python and TypeScript file."""
    files = tracked("*.py", "*.ts", "*.tsx")
    return {path: len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in files}


def packages() -> dict[Path, int]:
    """Number of modules in each production package, not counting `__init__.py`."""
    counts: dict[Path, int] = {}
    for path in tracked("*.py"):
        if path.parts[0] in ROOMS:
            counts[path.parent] = counts.get(path.parent, 0) + (path.name != "__init__.py")
    return counts


def purpose(package: Path) -> str:
    """First line of a package's docstring, empty if there is none."""
    init = ROOT / package / "__init__.py"
    doc = ast.get_docstring(ast.parse(init.read_text(encoding="utf-8"))) if init.exists() else None
    return (doc or "").partition("\n")[0]


def functions() -> list[Function]:
    """All functions of the production code, longest first."""
    found = [
        Function((node.end_lineno or node.lineno) - node.lineno + 1, f"{path}:{node.lineno}", node.name)
        for path in tracked("*.py")
        if path.parts[0] in ROOMS
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return sorted(found, reverse=True)


def faults() -> list[str]:
    """A sentence for each limit that is exceeded."""
    lengths = [function.lines for function in functions()]
    middle, ninetieth = median(lengths), quantiles(lengths, n=10)[-1]
    return [
        *([f"The median function has {middle:g} lines."] if middle > MAX_MEDIAN else []),
        *([f"One function in ten has over {ninetieth:g} lines."] if ninetieth > MAX_90TH else []),
        *(f"{path} has {n} lines." for path, n in file_lengths().items() if n > MAX_FILE_LINES),
        *(f"{path} has {n} modules." for path, n in packages().items() if n > MAX_FILES),
        *(f"{path} has no docstring." for path in packages() if not purpose(path)),
    ]


def report() -> str:
    """The figures as text."""
    measured, files = functions(), sorted(file_lengths().items(), key=lambda item: -item[1])
    lengths = [function.lines for function in measured]
    sizes = f"median {median(lengths):g} lines, 90th percentile {quantiles(lengths, n=10)[-1]:g}"
    return "\n".join(
        [
            f"{len(lengths)} functions, {sizes} (at most {MAX_MEDIAN} and {MAX_90TH}). The longest:",
            *(f"  {function.lines:4} {function.place} {function.name}" for function in measured[:SHOWN]),
            f"{len(files)} files of at most {MAX_FILE_LINES} lines. The longest:",
            *(f"  {lines:4} {path}" for path, lines in files[:SHOWN]),
            f"Packages of at most {MAX_FILES} modules:",
            *(f"  {count:4} {path}: {purpose(path)}" for path, count in packages().items()),
        ]
    )


def main() -> None:
    """Print the figures, then the faults. Exits with status 1 if there are any."""
    print(report())
    found = faults()
    print("\n".join(["", *found]) if found else "\nNo limit is exceeded.")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
