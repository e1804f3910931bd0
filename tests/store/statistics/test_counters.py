"""Counters add up, whoever adds to them at the same time."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine

from store.database.engine import session_scope
from store.statistics import counters
from store.statistics.counters import COUNT, SUM, Histogram, Key

HISTOGRAM = Histogram("seconds", (1, 5))


def test_increments_of_many_workers_add_up(engine: Engine) -> None:
    keys = [Key("a", "x"), Key("b", "y"), Key("a", "z")]

    def add(number: int) -> None:
        with session_scope(engine) as session:
            order = keys if number % 2 else keys[::-1]
            counters.add(session, dict.fromkeys(order, 0.5))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))
    with session_scope(engine, read_only=True) as session:
        assert counters.read(session) == dict.fromkeys(keys, 20.0)


def test_a_histogram_counts_a_value_in_every_bucket_that_holds_it(engine: Engine) -> None:
    with session_scope(engine) as session:
        for value in (1.0, 3.0, 9.0):
            counters.add(session, counters.observe(HISTOGRAM, "job", value))
    with session_scope(engine, read_only=True) as session:
        found = {key.part: value for key, value in counters.read(session).items()}
    assert found == {"1": 1, "5": 2, COUNT: 3, SUM: 13}
