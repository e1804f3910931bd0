"""How messages travel between the API, the workers and the sweep, for both brokers.

The API sends tasks by name and the workers receive them; both build their Celery application from
`celery_options`, so that the two ends of a queue cannot disagree. Only kombu is needed here, not Celery.
"""

import uuid
from pathlib import Path
from queue import Empty
from time import time_ns
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

QUEUES = ("cpu", "gpu")
TASK_QUEUES = {"ingest.run": "cpu", "export.run": "cpu", "sweep.run": "cpu", "train.run": "gpu"}

FILESYSTEM_SCHEME = "filesystem://"
POLLING_SECONDS = 0.1
WAIT_SECONDS = 0.3
# Redis gives an unacknowledged message to a second worker after this time. Messages are acknowledged before
# the work starts, so this is a backstop only; it stays above the longest time a message waits in a worker.
VISIBILITY_TIMEOUT_SECONDS = 86_400


class AtomicChannel(filesystem.Channel):
    """kombu's filesystem channel, with messages that appear and disappear in one step.

    The original writes a message in place, where a consumer may find it half written and lose it. Here it is
    written under a name that no consumer looks for and then renamed; a consumer takes it by renaming it away.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        for folder in (self.data_folder_in, self.data_folder_out, self.control_folder):
            Path(folder).mkdir(parents=True, exist_ok=True)

    def _put(self, queue: str, payload: Any, **_: Any) -> None:  # type: ignore[override]
        name = f"{time_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        unfinished = Path(self.data_folder_out, f"{name}.part")
        unfinished.write_text(dumps(payload))  # type: ignore[no-untyped-call]
        unfinished.rename(unfinished.with_name(name))

    def _get(self, queue: str, timeout: float | None = None) -> Any:  # noqa: ARG002 - kombu polls
        for message in self._waiting(queue):
            taken = message.with_name(f"{message.name}.taken")
            try:
                message.rename(taken)
            except FileNotFoundError:  # another worker was faster
                continue
            payload = loads(taken.read_text())  # type: ignore[no-untyped-call]
            taken.unlink()
            return payload
        raise Empty

    def _waiting(self, queue: str) -> list[Path]:
        """Messages of `queue`, oldest first; a queue's own name may contain dots."""
        folder = Path(self.data_folder_in)
        return sorted(path for path in folder.iterdir() if path.name.partition(".")[2] == f"{queue}.msg")


class AtomicTransport(filesystem.Transport):
    """`filesystem://` with `AtomicChannel`, and a worker that notices soon that it is asked to stop."""

    Channel = AtomicChannel

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:  # type: ignore[override]
        """Wait for a message, but never as long as Celery asks for: it looks at its own state in between."""
        super().drain_events(connection, min(timeout or WAIT_SECONDS, WAIT_SECONDS))  # type: ignore[no-untyped-call]


def celery_options(broker_url: str, folder: Path) -> dict[str, Any]:
    """Celery settings for `broker_url`: `filesystem://` (messages are files under `folder`) or `redis://...`."""
    options: dict[str, Any] = {
        "broker_url": broker_url,
        "broker_connection_retry_on_startup": True,
        "task_routes": {name: {"queue": queue} for name, queue in TASK_QUEUES.items()},
        "task_default_queue": "cpu",
        "task_ignore_result": True,
        "task_serializer": "json",
        "accept_content": ["json"],
    }
    if broker_url.startswith(FILESYSTEM_SCHEME):
        return options | _filesystem_options(folder)
    return options | {"broker_transport_options": {"visibility_timeout": VISIBILITY_TIMEOUT_SECONDS}}


def _filesystem_options(folder: Path) -> dict[str, Any]:
    messages = str(folder / "messages")
    return {
        "broker_transport": f"{__name__}:{AtomicTransport.__name__}",
        "broker_transport_options": {
            "data_folder_in": messages,
            "data_folder_out": messages,
            "control_folder": str(folder / "control"),
            "polling_interval": POLLING_SECONDS,
        },
    }
