"""`mslg worker`: runs a Celery worker."""

import os
import sys
from collections.abc import Sequence

# Celery reads this on import: SIGTERM then returns running work to the queue instead of waiting for its end.
os.environ.setdefault("REMAP_SIGTERM", "SIGQUIT")

from cli.errors import CommandError
from store.infrastructure.broker import QUEUES
from worker.process.parent import exit_with_parent
from worker.run import run_worker


def work(queues: str, name: str, parent_pid: int | None) -> None:
    """Serve the comma-separated `queues` until stopped."""
    if parent_pid is not None:
        exit_with_parent(parent_pid)
    sys.exit(run_worker(parse_queues(queues), name))


def parse_queues(queues: str) -> Sequence[str]:
    """The distinct names in `queues`. Raises `CommandError` for an unknown queue."""
    names = [name.strip() for name in queues.split(",")]
    unknown = [name for name in names if name not in QUEUES]
    if unknown:
        raise CommandError(f"There is no queue {unknown[0]!r}: choose from {', '.join(QUEUES)}.")
    return list(dict.fromkeys(names))
