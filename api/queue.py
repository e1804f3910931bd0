"""Sends tasks by name, and only after their transaction has been committed.

The database row is the truth; a message only wakes a worker. If the broker is down, the row stays queued and
the sweep sends the task again. A failed send is therefore logged and does not fail the request.
"""

from functools import cached_property
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import event
from sqlalchemy.orm import Session

from store.settings import Settings

if TYPE_CHECKING:
    from celery import Celery

CONNECT_SECONDS = 2.0
_PENDING = "tasks_to_send"

log = structlog.get_logger(__name__)


class TaskQueue:
    """A Celery application without tasks of its own: the API only sends. The first task creates it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send_after_commit(self, session: Session, task: str, work_id: str) -> None:
        """Send `task` with the id of its row when `session` commits; drop it on a rollback."""
        if _PENDING not in session.info:
            session.info[_PENDING] = []
            event.listen(session, "after_commit", self._flush)
            event.listen(session, "after_rollback", _forget)
        session.info[_PENDING].append((task, work_id))

    def close(self) -> None:
        """Close the connections to the broker."""
        if "_celery" in self.__dict__:
            self._celery.close()

    @cached_property
    def _celery(self) -> "Celery":
        from celery import Celery  # late: the API starts noticeably sooner without it

        from store.infrastructure.broker import celery_options

        celery = Celery("mslg.api", set_as_current=False)
        celery.conf.update(celery_options(self._settings.resolved_broker_url, self._settings.broker_dir))
        # Without these a request would wait forever for a Redis that does not answer.
        celery.conf.broker_connection_timeout = CONNECT_SECONDS
        celery.conf.broker_transport_options |= {
            "socket_connect_timeout": CONNECT_SECONDS,
            "socket_timeout": CONNECT_SECONDS,
        }
        return celery

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
