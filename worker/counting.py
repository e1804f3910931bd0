"""Counts what tasks do. A count that cannot be written costs only itself."""

from collections.abc import Mapping

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from store.database.engine import session_scope
from store.models import Work
from store.statistics import counters
from store.statistics.counters import Key

log = structlog.get_logger(__name__)


def count(engine: Engine, increments: Mapping[Key, float]) -> None:
    """Add to counters in a transaction of their own."""
    try:
        with session_scope(engine) as session:
            counters.add(session, increments)
    except SQLAlchemyError as error:
        log.warning("not_counted", error=str(error))


def count_ended(engine: Engine, model: type[Work], work_id: str) -> None:
    """Count a task that a worker is done with, and its time from the first claim on, if it has ended."""
    try:
        with session_scope(engine, read_only=True) as session:
            row = session.get(model, work_id)
    except SQLAlchemyError as error:
        log.warning("not_counted", error=str(error))
        return
    if row is None or not row.status.ended or row.started_at is None or row.finished_at is None:
        return
    kind = kind_of(model)
    seconds = (row.finished_at - row.started_at).total_seconds()
    ended = {Key(counters.TASKS_ENDED, f"{kind}/{row.status}"): 1.0}
    count(engine, ended | counters.observe(counters.TASK_SECONDS, kind, seconds))


def kind_of(model: type[Work]) -> str:
    """What a model is called in metrics."""
    return model.__name__.lower()
