"""One worker process: the tasks of its queues, as many children as they bear, and the clock of the sweep."""

import socket
import warnings
from collections.abc import Sequence

from celery.platforms import SecurityWarning

from worker.app import app

# A worker imports what its queues need: PyTorch costs the others seconds and a quarter of a gigabyte.
TASK_MODULES = {
    "cpu": ("worker.tasks.ingest", "worker.tasks.export", "worker.tasks.sweep"),
    "gpu": ("worker.tasks.train",),
}


def run_worker(queues: Sequence[str], name: str) -> int:
    """Work on `queues` until told to stop; return the exit status. `name` tells the workers of a host apart.

    One training at a time has the GPU, in a child of its own, so that its memory goes back to the system. Two
    children of the `cpu` queue let a small export or a sweep pass a large ingest.
    """
    # About running as root with pickled messages; ours are JSON with one id.
    warnings.simplefilter("ignore", SecurityWarning)
    app.conf.include = [module for queue in queues for module in TASK_MODULES[queue]]
    worker = app.Worker(
        hostname=f"{name}@{socket.gethostname()}",
        queues=list(queues),
        concurrency=1 if "gpu" in queues else 2,
        max_tasks_per_child=1 if tuple(queues) == ("gpu",) else None,
        beat="cpu" in queues,
        quiet=True,
        without_gossip=True,  # workers do not talk to each other, the database is where they meet
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()
    return int(worker.exitcode or 0)
