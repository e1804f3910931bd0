"""Starts a worker: the tasks of its queues, its pool of child processes, and the schedule of the sweep."""

import socket
import warnings
from collections.abc import Sequence

from celery.platforms import SecurityWarning

from worker.app import app

# A worker imports only what its queues need: PyTorch takes seconds and a quarter of a gigabyte.
TASK_MODULES = {
    "cpu": (
        "worker.tasks.ingest",
        "worker.sources.check",
        "worker.tasks.export",
        "worker.tasks.versions.compare",
        "worker.tasks.versions.store",
        "worker.tasks.sweep",
        "worker.tasks.orphans",
        "worker.webhooks.deliver",
    ),
    "gpu": ("worker.tasks.train", "worker.tasks.feature_chunk"),
}


def run_worker(queues: Sequence[str], name: str) -> int:
    """Work on `queues` until told to stop; return the exit status. `name` distinguishes the workers of a
    host.

    Trainings run one at a time, each in a new child process, so that their memory is freed. The `cpu` queue
    has two children, so that a small export or a sweep need not wait for a large ingest.
    """
    # The warning is about running as root with pickled messages. These are JSON with one id.
    warnings.simplefilter("ignore", SecurityWarning)
    app.conf.include = [module for queue in queues for module in TASK_MODULES[queue]]
    worker = app.Worker(
        hostname=f"{name}@{socket.gethostname()}",
        queues=list(queues),
        concurrency=1 if "gpu" in queues else 2,
        max_tasks_per_child=1 if tuple(queues) == ("gpu",) else None,
        beat="cpu" in queues,
        quiet=True,
        without_gossip=True,  # workers coordinate through the database only
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()
    return int(worker.exitcode or 0)
