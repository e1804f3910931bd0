"""Builds the documentation with Sphinx: any warning, such as a dead link, fails the build.

Used by the Makefile, by the wheel's build hook and by the tests.
"""

import shutil
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"
BUILT = DOCS / "_build" / "html"


def build(source: Path = DOCS, out: Path = BUILT) -> None:
    """Build the pages in `source` into an emptied `out`. Raises `SystemExit` if Sphinx warns.

    Always from scratch: Sphinx repeats no warning about pages that it kept from an earlier build.
    """
    shutil.rmtree(out, ignore_errors=True)
    options = ["--builder", "html", "--conf-dir", DOCS, "--doctree-dir", out.parent / "doctrees"]
    strict = ["--fail-on-warning", "--keep-going", "--nitpicky", "--fresh-env", "--quiet", "--no-color"]
    command = [sys.executable, "-m", "sphinx", *options, *strict, source, out]
    status = subprocess.run(list(map(str, command)), check=False).returncode
    if status:
        shutil.rmtree(out, ignore_errors=True)
        raise SystemExit(status)


if __name__ == "__main__":
    build(*map(Path, sys.argv[1:]))
