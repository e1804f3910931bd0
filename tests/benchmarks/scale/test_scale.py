"""A small dataset goes through every row of the table that needs no worker."""

from pathlib import Path

from benchmarks.scale.__main__ import measure, report
from benchmarks.scale.course import cursor, percentile_95
from benchmarks.scale.database import connected, new_database

SAMPLES = 4_000


def test_all_rows_are_measured_on_sqlite() -> None:
    rows = list(measure(SAMPLES, None, 2, ["pages"]))
    assert len({row.name for row in rows}) == len(rows) > 25
    assert all(row.value > 0 for row in rows)
    assert report(rows).count("\n") == len(rows) + 1


def test_a_database_on_a_server_is_dropped_at_the_end(postgres: str) -> None:
    with new_database(postgres, Path()) as url, connected(url) as database:
        database.fetch("CREATE TABLE t AS SELECT 0 AS n")
        database.load("t", ["n"], iter([(1,), (2,)]))
        assert database.fetch("SELECT sum(n) FROM t WHERE n > %s", (1,)) == [(2,)]
        assert database.write_out("SELECT * FROM t") == len("0\n1\n2\n")
    with connected(postgres) as server:
        assert server.fetch("SELECT 1 FROM pg_database WHERE datname LIKE 'mslg_scale%%'") == []


def test_the_percentile_leaves_out_one_in_twenty() -> None:
    assert percentile_95([float(n) for n in range(1, 21)]) == 19
    assert percentile_95([1.0, 5.0]) == 5


def test_a_cursor_is_the_services_own() -> None:
    from api.results.service import RESULTS

    assert RESULTS.read(cursor(7)) == (7,)
