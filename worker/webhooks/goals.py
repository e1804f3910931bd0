"""Has the sweep write the events of reviews whose advice has changed."""

from datetime import datetime

from sqlalchemy import Engine

from store.database.engine import session_scope
from store.errors import NotFoundError
from store.statistics.advised import find_unadvised, read_advice, store_advice


def record_advice(engine: Engine, now: datetime) -> None:
    """Look at the reviews that somebody has worked on. What is computed for seconds blocks no writer."""
    with session_scope(engine, read_only=True) as session:
        job_ids = find_unadvised(session, now)
    for job_id in job_ids:
        with session_scope(engine, read_only=True) as session:
            advised = read_advice(session, job_id)
        try:
            with session_scope(engine) as session:
                store_advice(session, advised, now)
        except NotFoundError:  # the dataset was deleted meanwhile
            continue
