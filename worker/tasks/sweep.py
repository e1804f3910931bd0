"""`sweep.run`: re-queues tasks whose worker died, re-sends lost messages, deletes expired uploads."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine

from store.database.columns import utc_now
from store.database.engine import session_scope
from store.models import Export, FeatureChunk, Ingest, Job, Version, VersionComparison, Work
from store.settings import get_settings
from store.tasks import chunks, lifecycle
from worker.app import app, task
from worker.resources import get_engine, get_partials
from worker.tasks.expired_uploads import delete_expired_uploads
from worker.tasks.failed_ingests import fail_datasets_of
from worker.tasks.waiting_jobs import settle_all

TASK_OF: dict[type[Work], str] = {
    Ingest: "ingest.run",
    Job: "train.run",
    FeatureChunk: "features.run",
    Export: "export.run",
    Version: "versions.store",
    VersionComparison: "versions.compare",
}

log = structlog.get_logger(__name__)


@task("sweep.run")
def run() -> None:
    """Sweep once. Beat sends this every few seconds; two sweeps may run at a time."""
    sweep(get_engine(), utc_now())
    delete_expired_uploads(get_engine(), get_partials(), utc_now())


def sweep(engine: Engine, now: datetime) -> None:
    """End leases that expired before `now`, then send a message for every task that was queued too long, but
    of each job's feature chunks only for the first. Then settle the jobs that wait.

    One short transaction per table. Messages are sent after its commit.
    """
    settings = get_settings()
    older_than = now - timedelta(seconds=settings.resend_seconds)
    for model, task_name in TASK_OF.items():
        with session_scope(engine) as session:
            expired = lifecycle.requeue_expired(session, model, now, settings.max_attempts)
            only = (chunks.is_next_of_job(),) if model is FeatureChunk else ()
            stale = lifecycle.stale_queued(session, model, older_than, *only)
            if model is Ingest:
                fail_datasets_of(session, [*expired.failed, *expired.cancelled])
        for work_id in dict.fromkeys([*expired.requeued, *stale]):
            app.send_task(task_name, args=[work_id])
            log.info("sent_again", task=task_name, id=work_id)
    settle_all(engine, now)
