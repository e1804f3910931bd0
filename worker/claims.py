"""Runs a task under a claim on its database row.

`carry_out` claims the row; a duplicate message finds it claimed and is ignored. A thread extends the lease
while the task runs, because an epoch or an upload may take longer than a lease. Any error ends the row. The
task writes only inside `Claim.writing`, a transaction that first checks that this attempt holds the row.
"""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Generic, TypeVar

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from mslg_core.errors import InputError
from store.database.clock import database_now
from store.database.engine import session_scope
from store.errors import BlobNotFoundError, StoreError, SupersededError
from store.models import Work
from store.settings import get_settings
from store.tasks import lifecycle
from worker.counting import count_ended
from worker.passing import is_passing
from worker.process.shutdown import exit_if_stopped
from worker.resources import get_engine

log = structlog.get_logger(__name__)

# Problems that are stored with an error.
MAX_LISTED = 1000

FAILED_TOO_OFTEN: lifecycle.Problem = {
    "code": "failed_too_often",
    "title": "Database, message broker or storage failed too often",
    "detail": "Every attempt ended because the service could not use its database, its message broker or its "
    "storage, such as a disk that is full. Run `mslg doctor`, mend what it names, then try again.",
}

W = TypeVar("W", bound=Work)


class CancelledError(Exception):
    """The user requested cancellation, and the task stopped."""


class WaitingError(Exception):
    """The task waits for others. It is queued again, and starts anew, once they have ended."""


@dataclass
class Claim(Generic[W]):
    """One attempt at one row of `model`."""

    model: type[W]
    id: str
    attempt: int
    lease: timedelta
    engine: Engine
    cancel_requested: bool = field(default=False, init=False)

    @contextmanager
    def writing(self, progress: lifecycle.Progress | None = None) -> Iterator[Session]:
        """A transaction that also extends the lease and stores `progress`. Raises `SupersededError`.

        The row stays locked until the end of the block, so that no other worker can claim it meanwhile. A
        worker that was told to stop writes nothing more, because the interruption may have spoilt its
        results.
        """
        exit_if_stopped()
        with session_scope(self.engine) as session:
            self.cancel_requested = lifecycle.heartbeat(
                session, self.model, self.id, self.attempt, lease=self.lease, progress=progress
            )
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read-only transaction."""
        with session_scope(self.engine, read_only=True) as session:
            yield session

    def report(self, progress: lifecycle.Progress) -> None:
        """Store `progress`. Raises `SupersededError`, and `CancelledError` if cancellation was requested."""
        with self.writing(progress):
            pass
        self.stop_if_cancelled()

    def stop_if_cancelled(self) -> None:
        """Raise `CancelledError` if the last transaction found a cancel request."""
        if self.cancel_requested:
            raise CancelledError

    def release(self) -> None:
        """End the lease now, so that the next sweep re-queues the task. Raises `SupersededError`."""
        with session_scope(self.engine) as session:
            lifecycle.heartbeat(session, self.model, self.id, self.attempt, lease=timedelta(0))


def carry_out(
    model: type[W],
    work_id: str,
    do: Callable[[Claim[W]], None],
    *,
    title: str,
    on_failure: Callable[[Session, str], None] | None = None,
) -> bool:
    """Claim the row `work_id` of `model` and run `do`. Return whether that succeeded: the row is not queued
    if the message is a duplicate.

    `do` calls `lifecycle.finish` itself, in the transaction that stores its results. `title` is that of the
    problem if the user's data are invalid. `on_failure` runs in the transaction in which the row fails or is
    cancelled.
    """
    claim = _claim(model, work_id)
    if claim is None:
        return False
    with structlog.contextvars.bound_contextvars(kind=model.__name__, id=work_id, attempt=claim.attempt):
        log.info("claimed")
        try:
            with _lease_kept_alive(claim):
                _carry_out(claim, do, title, on_failure)
        except WaitingError:
            _wait(claim, on_failure)
        except SupersededError:
            log.warning("superseded")
        except SystemExit:
            log.warning("given_back")
            claim.release()
            raise
    count_ended(claim.engine, model, work_id)
    return True


def _carry_out(
    claim: Claim[W],
    do: Callable[[Claim[W]], None],
    title: str,
    on_failure: Callable[[Session, str], None] | None,
) -> None:
    try:
        do(claim)
        log.info("finished")
    except (SupersededError, WaitingError):
        raise
    except CancelledError:
        log.info("cancelled")
        _end(claim, None, on_failure)
    except Exception as error:  # whatever it is, the row must end with a problem for the user
        exit_if_stopped()
        if is_passing(error):
            _try_again(claim, error, on_failure)
        else:
            _end(claim, describe(error, title), on_failure)


def _try_again(claim: Claim[W], error: Exception, on_failure: Callable[[Session, str], None] | None) -> None:
    """Queue the row for another attempt, which the sweep sends after a while, unless this was the last one.

    A row that cannot be written now either is queued again when its lease ends.
    """
    log.warning("passing_error", error=str(error))
    try:
        if claim.attempt >= get_settings().max_attempts:
            _end(claim, FAILED_TOO_OFTEN, on_failure)
            return
        with claim.writing() as session:
            now = database_now(session)
            lifecycle.postpone(session, claim.model, claim.id, claim.attempt, sent_at=now)
    except SQLAlchemyError as unwritten:
        log.warning("not_given_back", error=str(unwritten))


def _wait(claim: Claim[W], on_failure: Callable[[Session, str], None] | None) -> None:
    """Give the row back until it is woken. No thread extends its lease any more: it would look like a
    worker's.
    """
    try:
        with claim.writing() as session:
            if not claim.cancel_requested:
                lifecycle.wait(session, claim.model, claim.id, claim.attempt)
        if claim.cancel_requested:
            _end(claim, None, on_failure)
        log.info("cancelled" if claim.cancel_requested else "waiting")
    except SupersededError:
        log.warning("superseded")


def _end(
    claim: Claim[W], problem: lifecycle.Problem | None, on_failure: Callable[[Session, str], None] | None
) -> None:
    """End the row as failed with a problem, or as cancelled without one."""
    with session_scope(claim.engine) as session:
        if problem is None:
            lifecycle.cancel(session, claim.model, claim.id, claim.attempt)
        else:
            lifecycle.fail(session, claim.model, claim.id, claim.attempt, problem)
        if on_failure is not None:
            on_failure(session, claim.id)


def describe(error: Exception, title: str) -> lifecycle.Problem:
    """The problem shown to the user: that of their data, or an internal one with a reference to the log."""
    if isinstance(error, BlobNotFoundError):
        log.error("file_missing", key=error.key)
        return {
            "code": error.code,
            "title": "A stored file is missing",
            "detail": "A file of this dataset is not in the service's storage any more: restore the storage "
            "from its backup, or delete the dataset and upload it again.",
        }
    if isinstance(error, InputError | StoreError):
        log.info("refused", code=error.code, detail=str(error))
        problem: lifecycle.Problem = {"code": error.code, "title": title, "detail": str(error)}
        if items := [item._asdict() for item in getattr(error, "problems", ())[:MAX_LISTED]]:
            problem["errors"] = items
        return problem
    reference = uuid.uuid4().hex[:12]
    log.error("internal_error", reference=reference, exc_info=error)
    return {
        "code": "internal_error",
        "title": "Something went wrong on our side",
        "detail": f"The workers' log has the details under reference {reference}.",
    }


def _claim(model: type[W], work_id: str) -> Claim[W] | None:
    engine, lease = get_engine(), timedelta(seconds=get_settings().lease_seconds)
    with session_scope(engine) as session:
        attempt = lifecycle.claim(session, model, work_id, lease)
    return None if attempt is None else Claim(model, work_id, attempt, lease, engine)


@contextmanager
def _lease_kept_alive(claim: Claim[W]) -> Iterator[None]:
    """Extend the lease from a thread until the block ends or the claim is superseded."""
    done = threading.Event()
    thread = threading.Thread(target=_beat, args=(claim, done), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _beat(claim: Claim[W], done: threading.Event) -> None:
    while not done.wait(get_settings().heartbeat_seconds):
        try:
            with claim.writing():
                pass
        except SupersededError:
            return
        except SQLAlchemyError as error:  # a database that is briefly unreachable costs only this heartbeat
            log.warning("heartbeat_failed", error=str(error))
