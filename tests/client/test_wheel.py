"""The client's wheel works where nothing else of the project is installed."""

import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent.parent
USE = """
import mslg_client, sys
assert "site" in mslg_client.__file__, mslg_client.__file__
try:
    mslg_client.Client("http://127.0.0.1:1").datasets.create("x")
except mslg_client.ConnectionFailedError as error:
    print(error)
"""


def test_the_wheel_needs_only_what_it_names(tmp_path: Path) -> None:
    (wheel,) = WheelBuilder(str(ROOT / "client")).build(directory=str(tmp_path), versions=["standard"])
    site = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, "--no-index", "--no-deps", "--target", site, wheel], check=True)
    assert (site / "mslg_client" / "py.typed").is_file()
    for requirement in requirements("httpx"):
        link_package(requirement, site)
    used = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(site)!r})\n{USE}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert used.stdout.startswith("127.0.0.1 does not answer"), used.stderr


def requirements(name: str) -> set[str]:
    """A package and those that it needs, without extras."""
    needed = (Requirement(text) for text in distribution(name).requires or [])
    names = {each.name for each in needed if each.marker is None or each.marker.evaluate({"extra": ""})}
    return {name}.union(*map(requirements, names))


def link_package(name: str, site: Path) -> None:
    """Make an installed package importable from `site`."""
    for file in distribution(name).files or []:
        top = Path(str(file)).parts[0]
        if top != ".." and not (site / top).exists():
            (site / top).symlink_to(Path(str(distribution(name).locate_file(top))))
