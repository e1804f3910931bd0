"""How long does each page and task take with a million samples?

    python -m benchmarks.scale --samples 1000000 [--server postgresql://USER@HOST/postgres] [--json FILE]

A dataset of 14 classes with one finished job is written in bulk, into a database of its own on the server, or
into a SQLite file. One client then calls the service over HTTP. Each figure of a page is the 95th percentile
over pages from the first to the last. The ratio compares with the bare query, or with a raw `COPY`, of the
same run. Rows are printed as they are measured, and as a Markdown table at the end.
"""

import argparse
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.common.markdown import table
from benchmarks.scale.course import Course, Measured
from benchmarks.scale.database import connected, new_database
from benchmarks.scale.dataset import fill
from benchmarks.scale.idle import measure_idle
from benchmarks.speed.services import API, MSLG, environment, serving


def measure(samples: int, server: str | None, places: int, parts: list[str]) -> Iterator[Measured]:
    """All rows of the table."""
    with tempfile.TemporaryDirectory(prefix="mslg-scale-") as name:
        folder = Path(name)
        if "idle" in parts:
            (folder / "idle").mkdir()
            yield from measure_idle(folder / "idle")
        if parts != ["idle"]:
            with new_database(server, folder) as url:
                yield from _measure_dataset(folder, url, samples, places, parts)


def _measure_dataset(
    folder: Path, url: str, samples: int, places: int, parts: list[str]
) -> Iterator[Measured]:
    settings = {"MSLG_DATABASE_URL": url}
    subprocess.run([*MSLG, "migrate"], env=environment(folder) | settings, check=True)  # noqa: S603
    with connected(url) as database:
        filled = fill(database, samples)
        subprocess.run([*MSLG, "recount"], env=environment(folder) | settings, check=True)  # noqa: S603
        database.settle()
        with serving(API, folder, settings) as service:
            service.wait_until_up()
            course = Course(service, database, filled, places)
            if "pages" in parts:
                yield from course.run()
            if "exports" in parts:
                with _worker(folder, settings):
                    yield from course.exports()
            yield course.delete()


@contextmanager
def _worker(folder: Path, settings: dict[str, str]) -> Iterator[None]:
    command = [*MSLG, "worker", "--queues", "cpu"]
    process = subprocess.Popen(command, env=environment(folder) | settings)  # noqa: S603 - our own command
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def report(rows: list[Measured]) -> str:
    """The rows as a Markdown table."""
    head = ("", "median", "95th percentile", "processor", "mark", "ratio to the bare database", "reached")
    return table(head, map(_cells, rows))


def _cells(row: Measured) -> tuple[str, ...]:
    figures = (row.median, row.value, row.processor, row.mark)
    texts = ["" if value is None else _figure(value, row.unit) for value in figures]
    ratio = "" if row.ratio is None else f"{row.ratio:.1f}"
    return (row.name, *texts, ratio, _verdict(row))


def _verdict(row: Measured) -> str:
    """Whether the mark is reached. On a machine with other work, the processor time tells more."""
    if row.value <= row.mark:
        return "yes"
    return "by processor time" if row.processor is not None and row.processor <= row.mark else "**no**"


def _figure(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}" if value >= 20 else f"{value:.1f} {unit}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument("--server", help="a Postgres server; without one, SQLite")
    parser.add_argument("--places", type=int, default=20, help="pages requested of each list")
    parser.add_argument("--parts", nargs="+", default=["idle", "pages", "exports"])
    parser.add_argument("--json", type=Path, help="where to keep the figures")
    given = parser.parse_args()
    rows = []
    for row in measure(given.samples, given.server, given.places, given.parts):
        rows.append(row)
        print(" | ".join(_cells(row)), flush=True)
    kind, load = "Postgres" if given.server else "SQLite", os.getloadavg()[0]
    print(f"\n{given.samples:,} samples on {kind}, {os.cpu_count()} cores, load {load:.1f}\n\n{report(rows)}")
    if given.json:
        given.json.write_text(json.dumps([row._asdict() for row in rows], indent=1))


if __name__ == "__main__":
    main()
