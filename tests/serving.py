"""`mslg serve` as a process of its own, on SQLite."""

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.servers import child_process, wait_until

MSLG = Path(__file__).parent.parent / "mslg_cli.py"


@contextmanager
def serving(folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """The URL of a service whose data lies in `folder`."""
    log = folder / "log"
    command: list[str | Path] = [sys.executable, MSLG, "serve", "--port", "0", "--data-dir", folder / "data"]
    with child_process(command, log, environment=environment) as process:
        wait_until(lambda: "MSLG is ready" in log.read_text(), process, log)
        found = re.search(r"http://\S+", log.read_text())
        assert found is not None
        yield found.group()
