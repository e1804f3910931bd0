"""The message broker between API, workers and sweep: Redis, or a folder of messages.

The API sends tasks by name and the workers receive them. Both configure Celery with `celery_options`, so the
two ends of a queue cannot disagree. This module needs only kombu, not Celery.
"""

import uuid
from pathlib import Path
from queue import Empty
from time import time_ns
from typing import Any

from kombu import Connection
from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

QUEUES = ("cpu", "gpu")
TASK_QUEUES = {
    "ingest.run": "cpu",
    "sources.check": "cpu",
    "export.run": "cpu",
    "versions.store": "cpu",
    "versions.compare": "cpu",
    "sweep.run": "cpu",
    "orphans.run": "cpu",
    "webhooks.deliver": "cpu",
    "train.run": "gpu",
    "features.run": "gpu",
}

FILESYSTEM_SCHEME = "filesystem://"
POLLING_SECONDS = 0.1
WAIT_SECONDS = 0.3
COUNT_SECONDS = 5.0
# Redis re-delivers an unacknowledged message to a second worker after this time. Messages are acknowledged
# before the task starts, so this is only a backstop. It exceeds the longest wait of a message in a worker.
VISIBILITY_TIMEOUT_SECONDS = 86_400


class AtomicChannel(filesystem.Channel):
    """kombu's filesystem channel, with messages that appear and disappear atomically.

    The original writes a message in place, where a consumer may find it half written and lose it. This one
    writes it under a temporary name and renames it. A consumer takes a message by renaming it again.
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
            except FileNotFoundError:  # another worker took it
                continue
            payload = loads(taken.read_text())  # type: ignore[no-untyped-call]
            taken.unlink()
            return payload
        raise Empty

    def _waiting(self, queue: str) -> list[Path]:
        """Messages of `queue`, oldest first. The name of a queue may contain dots."""
        folder = Path(self.data_folder_in)
        return sorted(path for path in folder.iterdir() if path.name.partition(".")[2] == f"{queue}.msg")


class AtomicTransport(filesystem.Transport):
    """`filesystem://` with `AtomicChannel`, and with short waits, so that a worker can stop soon."""

    Channel = AtomicChannel

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:  # type: ignore[override]
        """Wait for a message, at most `WAIT_SECONDS`: Celery checks whether to stop only between waits."""
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


def count_waiting(broker_url: str, folder: Path) -> dict[str, int]:
    """How many messages wait in each queue. Raises what the broker's driver raises."""
    options = celery_options(broker_url, folder)
    details = dict(options["broker_transport_options"])
    if not broker_url.startswith(FILESYSTEM_SCHEME):
        details |= {"socket_timeout": COUNT_SECONDS, "socket_connect_timeout": COUNT_SECONDS}
    with Connection(
        broker_url, transport=options.get("broker_transport"), transport_options=details
    ) as connection:
        return {queue: _count(connection.default_channel, queue) for queue in QUEUES}


def _count(channel: Any, queue: str) -> int:
    try:
        return int(channel.queue_declare(queue, passive=True).message_count)
    except ChannelError:  # Redis has no empty lists
        return 0


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
