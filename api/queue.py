"""Sends tasks by name, and only after their transaction has been committed.

The database row is the truth; a message only wakes a worker. If the broker is down, the row stays queued and
the sweep sends the task again. A failed send is therefore logged and does not fail the request.
"""

from typing import Any

import structlog
from celery import Celery
from sqlalchemy import event
from sqlalchemy.orm import Session

from store.broker import celery_options
from store.settings import Settings

CONNECT_SECONDS = 2.0
_PENDING = "tasks_to_send"

log = structlog.get_logger(__name__)


class TaskQueue:
    """A Celery application without tasks of its own: the API only sends."""

    def __init__(self, settings: Settings) -> None:
        self._celery = Celery("mslg.api", set_as_current=False)
        self._celery.conf.update(celery_options(settings.resolved_broker_url, settings.broker_dir))
        # Without these a request would wait forever for a Redis that does not answer.
        self._celery.conf.broker_connection_timeout = CONNECT_SECONDS
        self._celery.conf.broker_transport_options |= {
            "socket_connect_timeout": CONNECT_SECONDS,
            "socket_timeout": CONNECT_SECONDS,
        }

    def send_after_commit(self, session: Session, task: str, work_id: str) -> None:
        """Send `task` with the id of its row when `session` commits; drop it on a rollback."""
        if _PENDING not in session.info:
            session.info[_PENDING] = []
            event.listen(session, "after_commit", self._flush)
            event.listen(session, "after_rollback", _forget)
        session.info[_PENDING].append((task, work_id))

    def close(self) -> None:
        """Close the connections to the broker."""
        self._celery.close()

    def _flush(self, session: Session) -> None:
        pending: list[tuple[str, str]] = session.info[_PENDING]
        while pending:
            self._send(*pending.pop(0))

    def _send(self, task: str, work_id: str) -> None:
        try:
            self._celery.send_task(task, args=[work_id], retry=False)
        except Exception as error:  # the row is safe, whatever is wrong with the broker
            log.warning("task_not_sent", task=task, work_id=work_id, error=repr(error))


def _forget(session: Session, *_: Any) -> None:
    session.info[_PENDING].clear()
