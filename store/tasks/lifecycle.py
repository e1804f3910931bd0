"""The life cycle of a task: the only place where a status changes.

    queued --claim--> running --finish--> succeeded
      |  ^              |  |---fail-----> failed
      |  +--lease out---+  |---cancel---> cancelled
      |  +--postpone----+  |
      |  +--wake--------+--+ wait
      +-----request_cancel--------------> cancelled

A task that waits for others is running without a lease: no worker holds it, and `wake` queues it again.

Every transition is one UPDATE with its precondition in the WHERE; the row count tells whether it held. Every
write of a worker repeats its `attempt`, so a worker that lost its lease stops at its next write. What ends a
task also writes its event for webhooks. Times are the database's, since clocks differ. Nothing here commits.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple, NotRequired, TypedDict, TypeVar

from sqlalchemy import ColumnElement, Update, and_, case, func, literal, or_, select, update
from sqlalchemy.orm import Session

from store.database.clock import database_now
from store.database.columns import UtcDateTime
from store.errors import AlreadyEndedError, NotFoundError, SupersededError
from store.models.work import Work, WorkStatus
from store.outbox.ended import record_ended

MAX_ATTEMPTS = 5

W = TypeVar("W", bound=Work)


class Problem(TypedDict):
    """Why a task failed, as shown to the user."""

    code: str
    title: str
    detail: str
    errors: NotRequired[list[dict[str, Any]]]
    """What is wrong, one by one: `code`, `message`, and `line` and `name` or None."""


class Progress(NamedTuple):
    """`done` of `total` (None: not known yet), the present step, and how much is done per second, where that
    is measured.
    """

    done: int
    total: int | None = None
    note: str = ""
    rate: float | None = None


class Expired(NamedTuple):
    """Ids of tasks whose lease had expired, by their new status."""

    requeued: list[str]
    cancelled: list[str]
    failed: list[str]


LOST_TOO_OFTEN: Problem = {
    "code": "lost_too_often",
    "title": "The worker was lost too often",
    "detail": "Every worker that claimed the task stopped without an error, most likely out of memory. "
    "Look at the workers' logs, then try again with smaller settings.",
}


def claim(session: Session, model: type[W], work_id: str, lease: timedelta) -> int | None:
    """Claim a queued task. Return the number of this attempt (from 1), or None if it is not queued.

    A duplicate message ends here: only the first claim succeeds.
    """
    now = database_now(session)
    statement = (
        update(model)
        .where(model.id == work_id, model.status == WorkStatus.QUEUED)
        .values(
            status=WorkStatus.RUNNING,
            attempt=model.attempt + 1,
            lease_until=now + lease,
            started_at=func.coalesce(model.started_at, literal(now, UtcDateTime())),
        )
        .returning(model.attempt)
    )
    return session.execute(_quiet(statement)).scalar_one_or_none()


def heartbeat(  # noqa: PLR0913 # the claim, its new lease and progress, all named
    session: Session,
    model: type[W],
    work_id: str,
    attempt: int,
    *,
    lease: timedelta,
    progress: Progress | None = None,
) -> bool:
    """Extend the lease and store `progress` if given. Return whether cancellation was requested.

    Raises `SupersededError`.
    """
    values: dict[str, Any] = {"lease_until": database_now(session) + lease}
    if progress is not None:
        values |= {
            "progress_done": progress.done,
            "progress_total": progress.total,
            "progress_note": progress.note,
            "progress_rate": progress.rate,
        }
    statement = _held(model, work_id, attempt).values(values).returning(model.cancel_requested)
    cancel_requested = session.execute(_quiet(statement)).scalar_one_or_none()
    if cancel_requested is None:
        raise SupersededError(_kind(model), work_id, attempt)
    return bool(cancel_requested)


def finish(session: Session, model: type[W], work_id: str, attempt: int, **columns: Any) -> None:
    """From running to succeeded; also sets `columns` of the model. Raises `SupersededError`."""
    _end(session, model, work_id, attempt, status=WorkStatus.SUCCEEDED, **columns)


def fail(session: Session, model: type[W], work_id: str, attempt: int, problem: Problem) -> None:
    """From running to failed. Raises `SupersededError`."""
    _end(session, model, work_id, attempt, status=WorkStatus.FAILED, error=dict(problem))


def cancel(session: Session, model: type[W], work_id: str, attempt: int) -> None:
    """From running to cancelled, after the worker saw the request and stopped. Raises `SupersededError`."""
    _end(session, model, work_id, attempt, status=WorkStatus.CANCELLED)


def wait(session: Session, model: type[W], work_id: str, attempt: int) -> None:
    """Give the task back until `wake`. This attempt does not count. Raises `SupersededError`."""
    statement = _held(model, work_id, attempt).values(lease_until=None, attempt=model.attempt - 1)
    _require_held(session, statement, model, work_id, attempt)


def postpone(session: Session, model: type[W], work_id: str, attempt: int, **columns: Any) -> None:
    """From running back to queued, for another attempt; also sets `columns`. Raises `SupersededError`."""
    statement = _held(model, work_id, attempt).values(status=WorkStatus.QUEUED, lease_until=None, **columns)
    _require_held(session, statement, model, work_id, attempt)


def wake(session: Session, model: type[W], work_id: str, *conditions: ColumnElement[bool]) -> bool:
    """Queue a waiting task again if all `conditions` hold. Return whether it was queued."""
    statement = update(model).where(model.id == work_id, is_waiting(model), *conditions)
    queued = statement.values(status=WorkStatus.QUEUED, sent_at=database_now(session)).returning(model.id)
    return session.execute(_quiet(queued)).scalar_one_or_none() is not None


def fail_waiting(session: Session, model: type[W], work_id: str, problem: Problem) -> None:
    """Fail a task that waits; leave any other alone."""
    statement = update(model).where(model.id == work_id, is_waiting(model))
    values = {"status": WorkStatus.FAILED, "error": dict(problem), "finished_at": database_now(session)}
    failed = session.execute(_quiet(statement.values(values).returning(model.id))).scalars().all()
    record_ended(session, model, failed, WorkStatus.FAILED)


def is_waiting(model: type[W]) -> ColumnElement[bool]:
    """Whether a task waits for others."""
    return and_(model.status == WorkStatus.RUNNING, model.lease_until.is_(None))


def request_cancel(session: Session, model: type[W], work_id: str) -> W:
    """Cancel a task that no worker holds at once, or request that the worker of a running one stop. Return
    the new row.

    Idempotent. Raises `NotFoundError`, `AlreadyEndedError`.
    """
    now = database_now(session)
    free = or_(model.status == WorkStatus.QUEUED, is_waiting(model))
    statement = (
        update(model)
        .where(model.id == work_id, model.status.in_((WorkStatus.QUEUED, WorkStatus.RUNNING)))
        .values(
            cancel_requested=True,
            status=case((free, literal(WorkStatus.CANCELLED, model.status.type)), else_=model.status),
            finished_at=case((free, literal(now, UtcDateTime())), else_=model.finished_at),
        )
        .returning(model.id)
    )
    changed = session.execute(_quiet(statement)).scalar_one_or_none()
    row = session.get(model, work_id, populate_existing=True)
    if row is None:
        raise NotFoundError(_kind(model), work_id)
    if changed is None:
        raise AlreadyEndedError(_kind(model), work_id, row.status)
    if row.status is WorkStatus.CANCELLED:
        record_ended(session, model, [work_id], row.status)
    return row


def requeue_expired(
    session: Session, model: type[W], now: datetime, max_attempts: int = MAX_ATTEMPTS
) -> Expired:
    """End the expired leases of silent workers.

    Their tasks are queued again, unless cancellation was requested or they were lost too often.
    """
    cancelled = _end_expired(session, model, now, model.cancel_requested, status=WorkStatus.CANCELLED)
    failed = _end_expired(
        session,
        model,
        now,
        model.attempt >= max_attempts,
        status=WorkStatus.FAILED,
        error=dict(LOST_TOO_OFTEN),
    )
    statement = _expired(model, now).values(status=WorkStatus.QUEUED, lease_until=None, sent_at=now)
    requeued = session.execute(_quiet(statement.returning(model.id))).scalars().all()
    return Expired(list(requeued), cancelled, failed)


def count_queued(session: Session, model: type[W], *conditions: ColumnElement[bool]) -> int:
    """How many tasks are queued for which all `conditions` hold."""
    statement = select(func.count()).select_from(model).where(model.status == WorkStatus.QUEUED, *conditions)
    return session.scalar(statement) or 0


def stale_queued(
    session: Session, model: type[W], older_than: datetime, *conditions: ColumnElement[bool]
) -> list[str]:
    """Ids of queued tasks, for which all `conditions` hold, whose message was sent before `older_than`. Marks
    them as sent now.
    """
    statement = (
        update(model)
        .where(model.status == WorkStatus.QUEUED, model.sent_at < older_than, *conditions)
        .values(sent_at=database_now(session))
        .returning(model.id)
    )
    return list(session.execute(_quiet(statement)).scalars())


def get(session: Session, model: type[W], work_id: str) -> W:
    """The row, read anew. Raises `NotFoundError`."""
    row = session.execute(
        select(model).where(model.id == work_id), execution_options={"populate_existing": True}
    ).scalar_one_or_none()
    if row is None:
        raise NotFoundError(_kind(model), work_id)
    return row


def _held(model: type[W], work_id: str, attempt: int) -> Update:
    return update(model).where(
        model.id == work_id,
        model.attempt == attempt,
        model.status == WorkStatus.RUNNING,
        model.lease_until.is_not(None),
    )


def _end(  # the claim and how it ends, named
    session: Session, model: type[W], work_id: str, attempt: int, *, status: WorkStatus, **values: Any
) -> None:
    values |= {"status": status, "lease_until": None, "finished_at": database_now(session)}
    _require_held(session, _held(model, work_id, attempt).values(values), model, work_id, attempt)
    record_ended(session, model, [work_id], status)


def _require_held(session: Session, statement: Update, model: type[W], work_id: str, attempt: int) -> None:
    if session.execute(_quiet(statement.returning(model.id))).scalar_one_or_none() is None:
        raise SupersededError(_kind(model), work_id, attempt)


def _expired(model: type[W], now: datetime) -> Update:
    return update(model).where(model.status == WorkStatus.RUNNING, model.lease_until < now)


def _end_expired(  # which tasks and how they end, named
    session: Session, model: type[W], now: datetime, condition: Any, *, status: WorkStatus, **values: Any
) -> list[str]:
    values |= {"status": status, "lease_until": None, "finished_at": now}
    statement = _expired(model, now).where(condition).values(values)
    ended = list(session.execute(_quiet(statement.returning(model.id))).scalars())
    record_ended(session, model, ended, status)
    return ended


def _quiet(statement: Any) -> Any:
    """Do not update loaded objects: callers that need the new state read the row again."""
    return statement.execution_options(synchronize_session=False)


def _kind(model: type[Work]) -> str:
    return model.__name__.lower()
