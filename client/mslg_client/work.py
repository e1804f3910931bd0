"""Waits for what workers do: ingests, jobs, exports."""

import time
from collections.abc import Callable

from mslg_client.errors import WorkFailedError
from mslg_client.progress import ProgressLine
from mslg_client.service import Json

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
"""Seconds between two questions. They grow, so that short work is seen at once and long work costs little."""
GROWTH = 1.5


def wait(read: Callable[[], Json], title: str) -> Json:
    """Ask until the work has ended, showing its progress; return its last state.

    Raises `WorkFailedError` unless it succeeded, and what `read` raises.
    """
    pause = FIRST_PAUSE
    with ProgressLine(title) as line:
        while True:
            work = read()
            line.show(work)
            if work["status"] not in ("queued", "running"):
                break
            time.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * GROWTH)
    if work["status"] != "succeeded":
        raise WorkFailedError(work)
    return work
