"""`sweep.run`: re-queues tasks whose worker died, re-sends lost messages, deletes expired uploads."""

from collections import Counter
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, Engine

from store.database.clock import database_now
from store.database.engine import session_scope
from store.infrastructure.broker import TASK_QUEUES, count_waiting
from store.models import (
    Delivery,
    Export,
    FeatureChunk,
    Ingest,
    Job,
    SourceCheck,
    Version,
    VersionComparison,
    Work,
)
from store.settings import get_settings
from store.statistics import counters
from store.statistics.counters import Key
from store.tasks import chunks, lifecycle
from store.webhooks import deliveries
from worker.app import app, task
from worker.counting import kind_of
from worker.passing import BROKER_ERRORS
from worker.resources import get_engine, get_partials
from worker.tasks.expired_uploads import delete_expired_uploads
from worker.tasks.failed_ingests import fail_datasets_of
from worker.tasks.waiting_jobs import settle_all
from worker.webhooks.goals import record_advice

TASK_OF: dict[type[Work], str] = {
    Ingest: "ingest.run",
    Job: "train.run",
    FeatureChunk: "features.run",
    Export: "export.run",
    Version: "versions.store",
    VersionComparison: "versions.compare",
    Delivery: "webhooks.deliver",
    SourceCheck: "sources.check",
}

log = structlog.get_logger(__name__)


@task("sweep.run")
def run() -> None:
    """Sweep once. Beat sends this every few seconds; two sweeps may run at a time."""
    with session_scope(get_engine(), read_only=True) as session:
        now = database_now(session)
    sweep(get_engine(), now)
    delete_expired_uploads(get_engine(), get_partials(), now)
    with session_scope(get_engine()) as session:
        deliveries.delete_old(session, now)
    record_advice(get_engine(), now)


def sweep(engine: Engine, now: datetime) -> None:
    """End leases that expired before `now`, then send a message for every task that was queued too long and
    whose message may be lost, but of each job's feature chunks only for the first, and for every delivery
    that is due. Then settle the jobs that wait.

    One short transaction per table. Messages are sent after its commit.
    """
    settings = get_settings()
    older_than = now - timedelta(seconds=settings.resend_seconds)
    short = find_short_queues(engine, now)
    for model, task_name in TASK_OF.items():
        with session_scope(engine) as session:
            max_attempts = deliveries.MAX_ATTEMPTS if model is Delivery else settings.max_attempts
            expired = lifecycle.requeue_expired(session, model, now, max_attempts)
            is_short = model is Delivery or TASK_QUEUES[task_name] in short
            stale = lifecycle.stale_queued(session, model, older_than, *_only(model, now)) if is_short else []
            if lost := len([*expired.requeued, *expired.cancelled, *expired.failed]):
                counters.add(session, {Key(counters.LEASES_LOST, kind_of(model)): lost})
            if model is Ingest:
                fail_datasets_of(session, [*expired.failed, *expired.cancelled])
        for work_id in dict.fromkeys([*expired.requeued, *stale]):
            app.send_task(task_name, args=[work_id])
            log.info("sent_again", task=task_name, id=work_id)
    settle_all(engine, now)


def find_short_queues(engine: Engine, now: datetime) -> set[str]:
    """The queues in which fewer messages wait than there are tasks to be started.

    Where a message waits for every task, none is lost: sending them again would only multiply them while the
    workers are busy. A broker that does not answer has no short queue.
    """
    wanted: Counter[str] = Counter()
    with session_scope(engine, read_only=True) as session:
        for model, task_name in TASK_OF.items():
            wanted[TASK_QUEUES[task_name]] += lifecycle.count_queued(session, model, *_only(model, now))
    settings = get_settings()
    try:
        waiting = count_waiting(settings.resolved_broker_url, settings.broker_dir)
        return {queue for queue, number in wanted.items() if number > waiting[queue]}
    except BROKER_ERRORS as error:
        log.warning("broker_unavailable", error=str(error))
        return set()


def _only(model: type[Work], now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Which queued tasks of a model are to be sent; empty: all."""
    if model is FeatureChunk:
        return (chunks.is_next_of_job(),)
    return (deliveries.is_due(now),) if model is Delivery else ()
