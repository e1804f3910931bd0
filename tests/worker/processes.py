"""Real worker processes, and waiting for their changes to a row."""

import subprocess
import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Engine

from store.database.engine import session_scope
from store.models import Work
from store.tasks import lifecycle

# On a busy machine, workers that load PyTorch take a minute to start.
WAIT_SECONDS = 240.0
POLL_SECONDS = 0.05

W = TypeVar("W", bound=Work)


class StartWorker(Protocol):
    """Starts a real worker process."""

    def __call__(self, *queues: str) -> subprocess.Popen[bytes]: ...


def wait_for(engine: Engine, model: type[W], work_id: str, ready: Callable[[W], bool]) -> W:
    """The row as soon as it is `ready`. Fails with the row's state after `WAIT_SECONDS`."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        with session_scope(engine, read_only=True) as session:
            row = lifecycle.get(session, model, work_id)
        if ready(row):
            return row
        assert time.monotonic() < deadline, f"{row.status} {row.progress_note} {row.error}"
        time.sleep(POLL_SECONDS)


def wait_until_ended(engine: Engine, model: type[W], work_id: str) -> W:
    """The row as soon as its status is final."""
    return wait_for(engine, model, work_id, lambda row: row.status.ended)
