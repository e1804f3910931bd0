"""The Celery application: the broker, the behaviour of worker processes, and the schedule of the sweep.

A message carries one id and nothing else. Messages are acknowledged before the task starts, and results are
discarded: input and outcome of a task are in its database row (`store.tasks.lifecycle`).
"""

import os
from collections.abc import Callable
from typing import Any, ParamSpec, cast

from celery import Celery, signals

from store.infrastructure.broker import celery_options
from store.settings import Settings, get_settings
from worker.logs import configure_logging
from worker.process.parent import exit_with_parent
from worker.process.shutdown import GIVE_BACK_SECONDS, end_in_time

P = ParamSpec("P")

# Of what is left in the storage, in the time after which it is deleted.
ORPHAN_SWEEPS = 24


def create_app(settings: Settings) -> Celery:
    """A Celery application for the broker that `settings` name."""
    app = Celery("mslg")
    app.conf.update(celery_options(settings.resolved_broker_url, settings.broker_dir))
    app.conf.update(
        # Only Redis supports it.
        worker_disable_prefetch=settings.resolved_broker_url.startswith("redis"),
        worker_soft_shutdown_timeout=GIVE_BACK_SECONDS,
        worker_redirect_stdouts=False,
        beat_scheduler="celery.beat:Scheduler",  # in memory; the default one writes a pickle file
        beat_schedule={
            "sweep": _schedule("sweep.run", settings.sweep_seconds),
            "orphans": _schedule("orphans.run", settings.orphan_seconds / ORPHAN_SWEEPS),
        },
    )
    return app


def _schedule(task_name: str, seconds: float) -> dict[str, Any]:
    """A sweep that no worker took in time expires: the next one does the same."""
    return {"task": task_name, "schedule": seconds, "options": {"expires": seconds}}


def _configure_logging(**_: object) -> None:
    configure_logging()


def _exit_with_worker(**_: object) -> None:
    """End with the worker: children of a killed one would otherwise keep working, or keep sending sweeps."""
    exit_with_parent(os.getppid())


def task(name: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Register a function as the task `name`, one of `store.infrastructure.broker.TASK_QUEUES`."""
    return cast("Callable[[Callable[P, None]], Callable[P, None]]", app.task(name=name))


app = create_app(get_settings())
signals.setup_logging.connect(_configure_logging)
signals.worker_ready.connect(end_in_time)
signals.worker_process_init.connect(_exit_with_worker)
signals.beat_embedded_init.connect(_exit_with_worker)
