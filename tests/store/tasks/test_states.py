"""The life of a task as a state machine: workers that die, wake late and hurry, in any order."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from store.database.columns import utc_now
from store.database.engine import session_scope
from store.errors import AlreadyEndedError, SupersededError
from store.models import Dataset, Job, Webhook, WebhookEvent, WorkStatus
from store.tasks import lifecycle

LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 4
PROBLEM: lifecycle.Problem = {"code": "broken", "title": "It broke", "detail": "Repair it."}
RUNS = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)


class TaskStates(RuleBasedStateMachine):
    """One job. `attempts` are those of all workers that ever claimed it: each may still try to write.

    The model: `status`, `holder` (the attempt that may write, None: nobody), `waits`, `number` of attempts
    counted, `cancelled` (whether cancellation was requested), `ended` (how often it has ended).
    """

    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        self.status, self.waits, self.cancelled = WorkStatus.QUEUED, False, False
        self.holder: int | None = None
        self.number = self.ended = 0
        self.attempts: list[int] = []
        with session_scope(self.engine) as session:
            dataset = Dataset(name="animals")
            session.add(dataset)
            session.flush()
            events = ["job.succeeded", "job.failed", "job.cancelled"]
            hook = Webhook(dataset_id=dataset.id, url="http://x", events=events, secret=b"")
            job = Job(dataset_id=dataset.id, config={})
            session.add_all([hook, job])
            session.flush()
            self.dataset_id, self.job_id = dataset.id, job.id

    @contextmanager
    def writing(self, attempt: int) -> Iterator[Session]:
        """A worker's transaction: it is refused unless the worker holds the task."""
        try:
            with session_scope(self.engine) as session:
                yield session
        except SupersededError:
            assert attempt != self.holder, "the holder was refused"
        else:
            assert attempt == self.holder, "a worker wrote that does not hold the task"

    def end(self, status: WorkStatus) -> None:
        """The model has ended."""
        self.status, self.holder, self.waits = status, None, False
        self.ended += 1

    @rule()
    def claim(self) -> None:
        """A message arrives, perhaps not the first."""
        with session_scope(self.engine) as session:
            attempt = lifecycle.claim(session, Job, self.job_id, LEASE)
        assert (attempt is not None) == (self.status is WorkStatus.QUEUED)
        if attempt is not None:
            self.number += 1
            assert attempt == self.number
            self.status, self.holder = WorkStatus.RUNNING, attempt
            self.attempts.append(attempt)

    @precondition(lambda self: self.attempts)
    @rule(data=st.data())
    def beat(self, data: st.DataObject) -> None:
        """Some worker extends its lease."""
        attempt = data.draw(st.sampled_from(self.attempts))
        with self.writing(attempt) as session:
            wanted = lifecycle.heartbeat(session, Job, self.job_id, attempt, lease=LEASE)
            assert wanted == self.cancelled

    @precondition(lambda self: self.attempts)
    @rule(data=st.data(), how=st.sampled_from(["finish", "fail", "cancel"]))
    def stop(self, data: st.DataObject, how: str) -> None:
        """Some worker ends the task."""
        attempt = data.draw(st.sampled_from(self.attempts))
        held = attempt == self.holder
        with self.writing(attempt) as session:
            extra: dict[str, Any] = {"problem": PROBLEM} if how == "fail" else {}
            getattr(lifecycle, how)(session, Job, self.job_id, attempt, **extra)
        if held:
            ends = {"finish": "succeeded", "fail": "failed", "cancel": "cancelled"}
            self.end(WorkStatus(ends[how]))

    @precondition(lambda self: self.attempts)
    @rule(data=st.data())
    def postpone(self, data: st.DataObject) -> None:
        """Some worker gives the task back for another attempt."""
        attempt = data.draw(st.sampled_from(self.attempts))
        held = attempt == self.holder
        with self.writing(attempt) as session:
            lifecycle.postpone(session, Job, self.job_id, attempt)
        if held:
            self.status, self.holder = WorkStatus.QUEUED, None

    @precondition(lambda self: self.holder is not None)
    @rule()
    def wait(self) -> None:
        """The worker that holds it waits for other tasks; the attempt does not count."""
        attempt = self.holder or 0
        with session_scope(self.engine) as session:
            lifecycle.wait(session, Job, self.job_id, attempt)
        self.holder, self.waits = None, True
        self.number -= 1
        self.attempts.remove(attempt)

    @rule()
    def wake(self) -> None:
        """What it waited for has ended."""
        with session_scope(self.engine) as session:
            assert lifecycle.wake(session, Job, self.job_id) == self.waits
        if self.waits:
            self.status, self.waits = WorkStatus.QUEUED, False

    @rule()
    def request_cancel(self) -> None:
        """The user cancels."""
        try:
            with session_scope(self.engine) as session:
                lifecycle.request_cancel(session, Job, self.job_id)
        except AlreadyEndedError:
            assert self.ended
            return
        assert not self.ended
        self.cancelled = True
        if self.holder is None:
            self.end(WorkStatus.CANCELLED)

    @rule(late=st.booleans())
    def sweep(self, late: bool) -> None:
        """The sweep comes, perhaps after the lease has ended."""
        now = utc_now() + (2 * LEASE if late else timedelta(0))
        with session_scope(self.engine) as session:
            expired = lifecycle.requeue_expired(session, Job, now, MAX_ATTEMPTS)
        found = [self.job_id in ids for ids in expired]
        assert any(found) == (late and self.holder is not None)
        if not any(found):
            return
        if self.cancelled:
            self.end(WorkStatus.CANCELLED)
        elif self.number >= MAX_ATTEMPTS:
            self.end(WorkStatus.FAILED)
        else:
            self.status, self.holder = WorkStatus.QUEUED, None

    @invariant()
    def the_row_is_as_the_model(self) -> None:
        """And the end was told as often as it came: never twice."""
        with session_scope(self.engine, read_only=True) as session:
            row = lifecycle.get(session, Job, self.job_id)
            told = session.query(WebhookEvent).filter_by(dataset_id=self.dataset_id).count()
        assert (row.status, row.attempt) == (self.status, self.number)
        assert (row.lease_until is not None) == (self.holder is not None)
        assert (row.finished_at is not None) == bool(self.ended)
        assert told == self.ended <= 1


def test_whatever_workers_do_a_task_ends_once(engine: Engine) -> None:
    machine = type("OnThisDatabase", (TaskStates,), {"engine": engine})
    run_state_machine_as_test(machine, settings=RUNS)
