"""Training jobs for the tests: queued, interrupted, and read back."""

from typing import Any

import pytest
from sqlalchemy import Engine, select

from store.database.columns import utc_now
from store.database.engine import session_scope
from store.models import Dataset, Epoch, Job, Result
from store.tasks import lifecycle
from tests.factories import make_job
from worker.tasks import train

NUM_SAMPLES = 60
"""Of the dataset that `conftest.py` provides."""


def queue_job(engine: Engine, dataset: Dataset, config: dict[str, Any], parent_id: str | None = None) -> str:
    """Queue a job; return its id."""
    with session_scope(engine) as session:
        job = make_job(session, dataset, config)
        job.parent_id = parent_id
        return job.id


def read_job(engine: Engine, job_id: str) -> Job:
    """The job's row."""
    with session_scope(engine, read_only=True) as session:
        return lifecycle.get(session, Job, job_id)


def read_results(engine: Engine, job_id: str) -> list[Result]:
    """The job's results, by sample."""
    with session_scope(engine, read_only=True) as session:
        return list(session.scalars(select(Result).where(Result.job_id == job_id).order_by(Result.sample_id)))


def read_epochs(engine: Engine, job_id: str) -> list[Epoch]:
    """The job's epochs, in order."""
    with session_scope(engine, read_only=True) as session:
        return list(session.scalars(select(Epoch).where(Epoch.job_id == job_id).order_by(Epoch.epoch)))


def comparable(rows: list[Result]) -> list[tuple[object, ...]]:
    """All columns of results except the job."""
    names = [column.name for column in Result.__table__.columns if column.name != "job_id"]
    return [tuple(getattr(row, name) for name in names) for row in rows]


def run_until_killed(job_id: str, monkeypatch: pytest.MonkeyPatch, *, after_epoch: int = 2) -> None:
    """Train the job as a worker that is told to stop after an epoch."""
    save = train._save_epoch

    def stop_after_epoch(*arguments: Any) -> None:
        save(*arguments)
        if arguments[-1].epoch == after_epoch:
            raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(train, "_save_epoch", stop_after_epoch)
        with pytest.raises(SystemExit):
            train.run(job_id)


def requeue(engine: Engine) -> None:
    """Re-queue the jobs whose leases have ended, as the sweep does."""
    with session_scope(engine) as session:
        lifecycle.requeue_expired(session, Job, utc_now())
