"""Counters and histograms of what workers do, in rows.

Workers come, go and run on other machines, and only the API is asked for metrics.
"""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store.models.work import Counter

SUM = "sum"
COUNT = "+Inf"


class Key(NamedTuple):
    """One number. part: empty for a counter; `sum` or the upper bound of a bucket for a histogram."""

    name: str
    label: str = ""
    part: str = ""


class Histogram(NamedTuple):
    """A histogram's name and the upper bounds of its buckets."""

    name: str
    bounds: tuple[float, ...]


TASKS_ENDED = "tasks_ended"
"""By kind and status, such as `job/succeeded`."""
LEASES_LOST = "leases_lost"
"""By kind."""
TASK_SECONDS = Histogram("task_seconds", (1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400))
"""By kind."""
EPOCH_SECONDS = Histogram("epoch_seconds", (0.1, 0.5, 1, 5, 15, 60, 300, 1800))


def add(session: Session, increments: Mapping[Key, float]) -> None:
    """Add to counters, in one order everywhere, so that no two transactions wait for each other."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    for key, increment in sorted(increments.items()):
        statement = insert(Counter).values(**key._asdict(), value=increment)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=list(Key._fields), set_={"value": Counter.value + statement.excluded.value}
            )
        )


def observe(histogram: Histogram, label: str, value: float) -> dict[Key, float]:
    """What to add for one value."""
    bounds = [str(bound) for bound in histogram.bounds if value <= bound]
    parts = {SUM: value} | dict.fromkeys((*bounds, COUNT), 1.0)
    return {Key(histogram.name, label, part): number for part, number in parts.items()}


def read(session: Session) -> dict[Key, float]:
    """All counters."""
    return {Key(row.name, row.label, row.part): row.value for row in session.scalars(select(Counter))}
